/** Serves a folder over HTTP on loopback; packages as slowly as is wanted. */

const CHUNK = 16384;

/** A mirror; ends when it is disposed of. */
export class SlowMirror implements AsyncDisposable {
  /** For apt. */
  readonly uri: string;
  /** Fulfilled once somebody asks for a package. */
  readonly packageAsked: Promise<void>;
  /** How many packages were sent to their end. */
  packagesSent = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /**
   * @param rate Bytes of a package per second.
   * @param change Answers something else than a file's bytes; `null` for 404.
   */
  constructor(
    folder: string,
    rate: number,
    change: (path: string, bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | null = (
      _path,
      bytes,
    ) => bytes,
  ) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.packageAsked = promise;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        const path = decodeURIComponent(new URL(request.url).pathname);
        const file = await Deno.readFile(folder + path).catch(() => null);
        const bytes = file && change(path, file);
        if (bytes === null) return new Response(null, { status: 404 });
        if (!path.endsWith(".deb")) return new Response(bytes);
        resolve();
        return new Response(dribble(bytes, rate, () => this.packagesSent++), {
          headers: { "content-length": `${bytes.length}` },
        });
      },
    );
    this.uri = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function dribble(
  bytes: Uint8Array<ArrayBuffer>,
  rate: number,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  let at = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream({
    async pull(controller): Promise<void> {
      if (at > 0 && rate < Infinity) {
        await new Promise((resolve) => timer = setTimeout(resolve, CHUNK / rate * 1000));
      }
      controller.enqueue(bytes.subarray(at, at + CHUNK));
      at += CHUNK;
      if (at < bytes.length) return;
      controller.close();
      onEnd();
    },
    cancel: () => clearTimeout(timer),
  });
}
