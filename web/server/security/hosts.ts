/**
 * Which requests are meant for this server.
 *
 * A foreign page can make a browser send requests to loopback, and by a name that resolves to
 * 127.0.0.1 (DNS rebinding) even read the answers. The name it used stands in Host, the page that
 * asked in Origin.
 */

import type { MiddlewareHandler } from "hono";
import { isLoopback } from "../../base/options.ts";
import { Problem } from "../../base/problem.ts";

/** Names under which a server on loopback is reached. */
const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/** Methods that change nothing. */
const SAFE = new Set(["GET", "HEAD"]);

/** Values of Host that mean this server. */
export function hostsOf(hostname: string, port: number): ReadonlySet<string> {
  const own = hostname.includes(":") ? `[${hostname}]` : hostname.toLowerCase();
  const names = isLoopback(hostname) ? [...LOOPBACK_NAMES, own] : [own];
  return new Set(names.flatMap((name) => port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
}

/**
 * Refuses requests for other hosts, and from other origins where they could change something.
 *
 * @param hosts Values of Host that are taken; null where any name may mean the server (it listens on
 * all addresses, and a token is asked for).
 */
export function checkHost(hosts: ReadonlySet<string> | null): MiddlewareHandler {
  return async (context, next): Promise<void> => {
    const host = context.req.header("host")?.toLowerCase() ?? "";
    if (hosts !== null && !hosts.has(host)) {
      throw new Problem(
        421,
        `This server is not '${host}'`,
        `open it as http://${[...hosts][0]}/`,
      );
    }
    const origin = context.req.header("origin");
    const upgrade = context.req.header("upgrade") !== undefined;
    const changes = upgrade || !SAFE.has(context.req.method);
    if (changes && origin !== undefined && !ownOrigins(host).includes(origin)) {
      throw new Problem(
        403,
        `A page of '${origin}' may not do this`,
        "use fencelab's own pages, or a program that sends no Origin",
      );
    }
    await next();
  };
}

/** Of the server's own pages. A proxy in front of it may speak TLS, and passes Host on. */
function ownOrigins(host: string): readonly string[] {
  return [`http://${host}`, `https://${host}`];
}
