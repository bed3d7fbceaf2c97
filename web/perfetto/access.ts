/**
 * Who may use the endpoint: the Perfetto UI, and programs that are no browser.
 *
 * As trace_processor's own server (src/trace_processor/rpc/httpd.cc): the same origins, the header for
 * private networks. In addition Host must mean this machine, against DNS rebinding.
 */

/** Origins of the Perfetto UI, the last two of its developers. */
const ORIGINS: ReadonlySet<string> = new Set([
  "https://ui.perfetto.dev",
  "http://localhost:10000",
  "http://127.0.0.1:10000",
]);

/** Why a request is refused; null if it is not. */
export function refusal(request: Request, port: number): Response | null {
  const names = ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`);
  if (!names.includes(request.headers.get("host")?.toLowerCase() ?? "")) {
    return new Response(`This endpoint is ${names[0]}\n`, { status: 421 });
  }
  const origin = request.headers.get("origin");
  if (origin === null || ORIGINS.has(origin)) return null;
  return new Response("Only the Perfetto UI may use this endpoint\n", { status: 403 });
}

/** Headers of every answer to a request that is not refused. */
export function accessHeaders(request: Request): Headers {
  const headers = new Headers({
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "vary": "Origin",
  });
  const origin = request.headers.get("origin");
  if (origin !== null) {
    headers.set("access-control-allow-origin", origin);
    headers.set("access-control-allow-private-network", "true");
  }
  return headers;
}

/** Answers the question that a browser asks before a request to another origin. */
export function preflight(request: Request): Response {
  const headers = accessHeaders(request);
  headers.set("access-control-allow-methods", "POST, GET, OPTIONS");
  headers.set("access-control-allow-headers", "*");
  headers.set("access-control-max-age", "86400");
  return new Response(null, { status: 204, headers });
}
