import type { BytePipe } from "./byte_pipe.ts";
import { EngineError } from "./errors.ts";

/**
 * Connects to a native trace processor that runs as a server (`trace_processor_shell --httpd`).
 *
 * The server answers one client at a time: nobody else may be connected.
 *
 * @param url Such as "ws://127.0.0.1:9001/websocket".
 * @throws {EngineError} If nothing answers there.
 */
export async function openWebSocketPipe(url: string): Promise<BytePipe> {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const opened = Promise.withResolvers<void>();

  const readable = new ReadableStream<Uint8Array>({
    start(controller): void {
      socket.onopen = () => opened.resolve();
      socket.onmessage = (event: MessageEvent<ArrayBuffer>) =>
        controller.enqueue(new Uint8Array(event.data));
      socket.onerror = (event) => {
        const reason = event instanceof ErrorEvent ? event.message : "the connection failed";
        opened.reject(new EngineError(`Cannot reach the trace processor at ${url}: ${reason}`));
      };
      socket.onclose = () => {
        try {
          controller.close();
        } catch {
          // The reader cancelled before: there is nobody left to be told.
        }
      };
    },
    cancel: close,
  });
  const writable = new WritableStream<Uint8Array<ArrayBuffer>>({
    write(bytes): void {
      if (socket.readyState !== WebSocket.OPEN) {
        throw new EngineError(`Lost the trace processor at ${url}: the connection is closed`);
      }
      socket.send(bytes);
    },
    close,
    abort: close,
  });

  function close(): void {
    socket.close();
  }

  await opened.promise;
  return { readable, writable, close };
}
