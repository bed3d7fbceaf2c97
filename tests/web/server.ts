/** Starts the server as a user does: the launcher in a process of its own. */

import { taskArguments, withoutDownloads } from "../fixtures/lab_process.ts";

const project = new URL("../../", import.meta.url).pathname;

/** How to start it. */
export interface WebServerOptions {
  /** Further arguments of `deno task web`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A server for one test; it ends when disposed of. */
export class WebServer implements AsyncDisposable {
  /** Such as "http://127.0.0.1:40123/". */
  readonly url: string;
  /** Of the endpoint for the Perfetto UI; null: it is off. */
  readonly perfettoUrl: string | null;
  readonly #child: Deno.ChildProcess;
  readonly #stderr: Promise<string>;

  private constructor(
    child: Deno.ChildProcess,
    stderr: Promise<string>,
    { url, perfettoUrl }: { url: string; perfettoUrl: string | null },
  ) {
    this.#child = child;
    this.#stderr = stderr;
    this.url = url;
    this.perfettoUrl = perfettoUrl;
  }

  /**
   * Starts `deno task web --store STORE` on a free port, without an endpoint for the Perfetto UI,
   * unless `args` name others.
   */
  static async open(store: string, options: WebServerOptions = {}): Promise<WebServer> {
    const { args = [], env = {} } = options;
    const port = args.includes("--port") ? [] : ["--port", "0"];
    const own = ["--store", store, ...port, "--json"];
    const perfetto = args.includes("--perfetto-port") ? [] : ["--perfetto-port", "off"];
    const child = new Deno.Command(Deno.execPath(), {
      args: [...taskArguments("web"), ...own, ...perfetto, ...args],
      cwd: project,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const stderr = new Response(child.stderr).text();
    const line = await firstLine(child.stdout);
    if (line === null) throw new Error(`The server did not start: ${await stderr}`);
    return new WebServer(child, stderr, JSON.parse(line));
  }

  /** Process id of the launcher. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The address of a path. */
  at(path: string): string {
    return new URL(path, this.url).href;
  }

  /** Fetches a page or an answer of the API. */
  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.at(path), init);
  }

  /** Ends the server. @returns What it has said on stderr, without what Deno says of its modules. */
  async end(): Promise<string> {
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // A test has ended it
    }
    await this.#child.status;
    return withoutDownloads(await this.#stderr);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** The rest of the stream is read and forgotten, so that the writer never waits. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string | null> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) return null;
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  stream.pipeTo(new WritableStream()).catch(() => {});
  return text.slice(0, text.indexOf("\n"));
}
