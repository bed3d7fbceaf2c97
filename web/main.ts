/** The server of `deno task web`; started by web/launch.ts with the permissions that it needs. */

import config from "../deno.json" with { type: "json" };
import { storeDirectory } from "../lab/cli/paths.ts";
import { watchParent } from "../lab/cli/parent_watch.ts";
import { RunStore } from "../lab/store/run_store.ts";
import { tellLauncher } from "./launcher_protocol.ts";
import { isLoopback, parseWebOptions } from "./options.ts";
import { createApp } from "./server/app.tsx";
import { Assets } from "./server/assets.ts";
import type { WebContext } from "./server/context.ts";
import { hostsOf } from "./server/security/hosts.ts";
import { newToken } from "./server/security/token.ts";

/** Addresses that stand for all of a machine's. */
const EVERY_ADDRESS = new Set(["0.0.0.0", "::"]);

async function main(): Promise<void> {
  const options = parseWebOptions(Deno.args);
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => abort.abort());
  }
  using _parent = watchParent(() => abort.abort());
  const context: WebContext = {
    store: new RunStore(storeDirectory(options.store)),
    assets: await Assets.load(Deno.env.get("FENCELAB_BUNDLES")!),
    version: config.version,
    signal: abort.signal,
  };
  const { hostname } = options;
  const token = options.token ?? (isLoopback(hostname) ? null : newToken());
  // The port may be one that the system chose: the app is made once it is known
  let answer: (request: Request) => Response | Promise<Response> = () =>
    new Response(null, { status: 503 });
  const server = Deno.serve({
    hostname,
    port: options.port,
    signal: abort.signal,
    onListen: ({ port }) => {
      const hosts = EVERY_ADDRESS.has(hostname) ? null : hostsOf(hostname, port);
      const app = createApp(context, { hosts, token });
      answer = (request) => app.fetch(request);
      const host = hostname.includes(":") ? `[${hostname}]` : hostname;
      const secret = token === null ? "" : `?token=${encodeURIComponent(token)}`;
      tellLauncher({
        kind: "listening",
        url: `http://${host}:${port}/${secret}`,
        perfettoUrl: null,
      });
    },
  }, (request) => answer(request));
  await server.finished;
}

try {
  await main();
  Deno.exit(0);
} catch (error) {
  if (error instanceof Deno.errors.AddrInUse) {
    const message = `${error.message}: another program listens there. Remedy: give another --port`;
    tellLauncher({ kind: "failed", message });
  } else {
    tellLauncher({ kind: "failed", message: error instanceof Error ? error.message : `${error}` });
  }
  Deno.exit(1);
}
