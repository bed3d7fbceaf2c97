import type { BytePipe } from "../../traces/trace_processor/byte_pipe.ts";

/** A byte pipe over a socket, which tells when it has ended. */
export interface SocketPipe extends BytePipe {
  /** Settled when either side has hung up. */
  readonly ended: Promise<void>;
}

/**
 * An engine at the other end of a socket; closing the pipe ends its process.
 *
 * One read is always under way, so that the end is noticed while nobody asks anything.
 */
export function socketPipe(connection: Deno.Conn): SocketPipe {
  const ended = Promise.withResolvers<void>();
  const reader = connection.readable.getReader();
  const writer = connection.writable.getWriter();
  let closed = false;

  function close(): void {
    if (closed) return;
    closed = true;
    try {
      connection.close();
    } catch {
      // The streams have closed it when the other side hung up
    }
    ended.resolve();
  }

  const readable = new ReadableStream<Uint8Array>({
    async pull(controller): Promise<void> {
      try {
        const { value, done } = await reader.read();
        if (!done) return controller.enqueue(value);
      } catch {
        // A process that was killed may leave a reset behind: the end as well
      }
      close();
      controller.close();
    },
    cancel: close,
  });
  const writable = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: (bytes) => writer.write(bytes),
    close,
    abort: close,
  });
  return { readable, writable, close, ended: ended.promise };
}
