/**
 * Stands in for `trace_processor_shell --httpd --http-port N`: its WebSocket, served by the WASM
 * engine. For tests of the native engine on machines that have none.
 */

import { parseArgs } from "@std/cli/parse-args";
import { directoryCache, engineCacheDirectory } from "../../lab/places/traces_files.ts";
import { loadEngine } from "../../traces/trace_processor/engine_files.ts";
import { openWasmPipe } from "../../traces/trace_processor/wasm_pipe.ts";

const options = parseArgs(Deno.args, { string: ["http-port", "http-ip-address"] });
const engine = await loadEngine(directoryCache(engineCacheDirectory()));

Deno.serve(
  { hostname: options["http-ip-address"], port: Number(options["http-port"]), onListen(): void {} },
  (request) => {
    if (new URL(request.url).pathname !== "/websocket") return new Response(null, { status: 404 });
    if (request.headers.has("origin")) return new Response(null, { status: 403 });
    const { socket, response } = Deno.upgradeWebSocket(request);
    const pipe = openWasmPipe(engine);
    const writer = pipe.writable.getWriter();
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => writer.write(new Uint8Array(data));
    socket.onclose = () => pipe.close();
    socket.onopen = async () => {
      for await (const bytes of pipe.readable) socket.send(bytes.slice());
    };
    return response;
  },
);
