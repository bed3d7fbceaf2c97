/** The server of `deno task web`; started by web/launch.ts with the permissions that it needs. */

import config from "../deno.json" with { type: "json" };
import { storeDirectory } from "../lab/cli/paths.ts";
import { watchParent } from "../lab/cli/parent_watch.ts";
import { RunStore } from "../lab/store/run_store.ts";
import { say } from "../lab/cli/terminal.ts";
import { EnginePool } from "./engine/engine_pool.ts";
import { LaunchedDoor } from "./engine/engine_door.ts";
import { LiveHub } from "./live/live_hub.ts";
import { RunLibrary } from "./runs/run_library.ts";
import { tellLauncher } from "./base/launcher_protocol.ts";
import { ListenError } from "./listen_error.ts";
import { isLoopback, parseWebOptions } from "./base/options.ts";
import { PerfettoEndpoint } from "./perfetto/endpoint.ts";
import { createApp } from "./app/app.tsx";
import { Assets } from "./server/assets.ts";
import type { WebContext } from "./context/context.ts";
import { hostsOf } from "./server/security/hosts.ts";
import { newToken } from "./server/security/token.ts";
import { checkStore } from "./store_place.ts";
import { IndexFiles } from "./traces/index_files.ts";
import { sweepIndexes } from "./traces/index_sweep.ts";

/** The endpoint for the Perfetto UI; null if it is off, or another program has its port. */
function openPerfetto(
  port: number | null,
  start: LaunchedDoor["start"],
): PerfettoEndpoint | null {
  if (port === null) return null;
  try {
    return new PerfettoEndpoint({ port, start });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    say(
      `The Perfetto UI will not find traces here: another program listens on port ${port}. ` +
        "Remedy: end it, perhaps a trace_processor, or give --perfetto-port off",
    );
    return null;
  }
}

/** Addresses that stand for all of a machine's. */
const EVERY_ADDRESS = new Set(["0.0.0.0", "::"]);

async function main(): Promise<void> {
  const options = parseWebOptions(Deno.args);
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => abort.abort());
  }
  using _parent = watchParent(() => abort.abort());
  const store = new RunStore(storeDirectory(options.store));
  if (!await checkStore(store.dir)) {
    say(`The store '${store.dir}' does not exist yet; the first run that is stored there makes it`);
  }
  using live = new LiveHub(store.dir);
  using library = new RunLibrary(store);
  // Looking through a large store for the first time takes seconds; whoever asks first sees its errors
  library.catalog.update().catch(() => {});
  // What cannot be removed is in nobody's way
  sweepIndexes(store.dir).catch(() => {});
  using door = new LaunchedDoor(Deno.env.get("FENCELAB_SOCKETS")!);
  await using engines = new EnginePool(door.start);
  await using perfetto = openPerfetto(options.perfettoPort, door.start);
  const context: WebContext = {
    store,
    library,
    live,
    engines,
    indexes: new IndexFiles(store.dir, engines, abort.signal),
    perfetto,
    perfettoPort: options.perfettoPort,
    assets: await Assets.load(Deno.env.get("FENCELAB_BUNDLES")!),
    version: config.version,
    signal: abort.signal,
  };
  const { hostname } = options;
  const token = options.token ?? (isLoopback(hostname) ? null : newToken());
  // The port may be one that the system chose: the app is made once it is known
  let answer: (request: Request) => Response | Promise<Response> = () =>
    new Response(null, { status: 503 });
  const server = listening({
    hostname,
    port: options.port,
    signal: abort.signal,
    onListen: ({ port }) => {
      const hosts = EVERY_ADDRESS.has(hostname) ? null : hostsOf(hostname, port);
      const app = createApp(context, { hosts, token, port });
      answer = (request) => app.fetch(request);
      const host = hostname.includes(":") ? `[${hostname}]` : hostname;
      const secret = token === null ? "" : `?token=${encodeURIComponent(token)}`;
      tellLauncher({
        kind: "listening",
        url: `http://${host}:${port}/${secret}`,
        perfettoUrl: perfetto?.url ?? null,
      });
    },
  }, (request) => answer(request));
  await server.finished;
}

/** @throws {ListenError} If it cannot listen there. */
function listening(
  options: Deno.ServeTcpOptions & { hostname: string; port: number },
  handler: Deno.ServeHandler<Deno.NetAddr>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve(options, handler);
  } catch (cause) {
    throw new ListenError(options, cause);
  }
}

try {
  await main();
  Deno.exit(0);
} catch (error) {
  tellLauncher({ kind: "failed", message: error instanceof Error ? error.message : `${error}` });
  Deno.exit(1);
}
