import type { MiddlewareHandler } from "hono";

/**
 * Only the server's own scripts and styles run, nothing is embedded anywhere.
 *
 * There is no Cross-Origin-Opener-Policy: the Perfetto UI must be able to answer the page that
 * opened it.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Sets the headers that every answer has. */
export const setHeaders: MiddlewareHandler = async (context, next): Promise<void> => {
  await next();
  const { headers } = context.res;
  headers.set("content-security-policy", POLICY);
  headers.set("x-content-type-options", "nosniff");
  // With "no-referrer" forms would be sent as by a foreign page: `Origin: null`
  headers.set("referrer-policy", "same-origin");
  headers.set("cross-origin-resource-policy", "same-origin");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
};
