import type { BytePipe } from "./byte_pipe.ts";
import { EngineError } from "./errors.ts";
import type { WorkerFailure, WorkerStart } from "./wasm_worker.ts";

/** What the WASM engine consists of. */
export interface EngineBytes {
  /** Emscripten's glue, JavaScript text. */
  readonly glue: string;
  readonly wasm: Uint8Array<ArrayBuffer>;
}

/**
 * Starts Perfetto's WASM build in a worker of its own.
 *
 * Returns before the engine is ready: its first answer tells (see {@linkcode TraceProcessor.open}).
 * Closing the pipe terminates the worker. In the middle of a query its thread goes on all the same
 * until the query or the process ends: Deno up to 2.9.6 cannot interrupt a worker that computes
 * (https://github.com/denoland/deno/pull/35657). A program that has given up a query must exit by
 * itself (`Deno.exit`).
 */
export function openWasmPipe(engine: EngineBytes): BytePipe {
  const worker = new Worker(new URL("./wasm_worker.ts", import.meta.url), {
    type: "module",
    name: "trace_processor",
  });
  const { port1: port, port2: enginePort } = new MessageChannel();
  let closed = false;

  function close(): void {
    if (closed) return;
    closed = true;
    worker.terminate();
    port.close();
  }

  const readable = new ReadableStream<Uint8Array>({
    start(controller): void {
      function fail(reason: string): void {
        if (closed) return;
        close();
        controller.error(new EngineError(`Trace processor died: ${reason}`));
      }
      // Closing a port hands out what has arrived by then (Deno 2.9.6), although nobody wants it
      port.onmessage = (event: MessageEvent<Uint8Array>) => {
        if (!closed) controller.enqueue(event.data);
      };
      worker.onmessage = (event: MessageEvent<WorkerFailure>) => fail(event.data.failure);
      worker.onerror = (event) => {
        event.preventDefault();
        fail(event.message);
      };
    },
    cancel: close,
  });
  const writable = new WritableStream<Uint8Array>({
    write(bytes): void {
      if (closed) throw new EngineError("Cannot ask the trace processor: it has been closed");
      port.postMessage(bytes);
    },
    close,
    abort: close,
  });

  const start: WorkerStart = { ...engine, port: enginePort };
  worker.postMessage(start, [enginePort]);
  return { readable, writable, close };
}
