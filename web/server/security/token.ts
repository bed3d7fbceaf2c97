/** The secret that clients must know where the server can be reached from elsewhere. */

import { timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { Problem } from "../../base/problem.ts";

/** Cookies of one host are for all of its ports: without it two servers would log each other out. */
function cookieName(port: number): string {
  return `fencelab-token-${port}`;
}

/** A new secret of 192 bits. */
export function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

/**
 * Takes the secret as `Authorization: Bearer`, as a cookie, or once as `?token=`.
 *
 * @param port That the server listens on.
 */
export function askForToken(token: string, port: number): MiddlewareHandler {
  const cookie = cookieName(port);
  return async (context, next): Promise<Response | void> => {
    const [scheme, bearer] = (context.req.header("authorization") ?? "").split(" ");
    if (scheme?.toLowerCase() === "bearer" && same(bearer ?? "", token)) return await next();
    if (same(getCookie(context, cookie) ?? "", token)) return await next();
    const url = new URL(context.req.url);
    if (context.req.method === "GET" && same(url.searchParams.get("token") ?? "", token)) {
      setCookie(context, cookie, token, { httpOnly: true, sameSite: "Strict", path: "/" });
      // Out of the address, so that it is in no history and no link that is sent
      url.searchParams.delete("token");
      return context.redirect(`${url.pathname}${url.search}`);
    }
    throw new Problem(
      401,
      "This server needs a token",
      "open the address that `deno task web` printed, or send `Authorization: Bearer TOKEN`",
    );
  };
}

/** Compares in a time that says nothing about where the difference is. */
function same(given: string, token: string): boolean {
  const [left, right] = [given, token].map((text) => new TextEncoder().encode(text));
  return left!.length === right!.length && timingSafeEqual(left!, right!);
}
