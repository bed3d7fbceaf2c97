/** A server over an empty store, and runs and archives to send to it. */

import { assert } from "@std/assert";
import { formatRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import { sampleCapture, sampleRun } from "../../lab/testdata/sample_run.ts";
import { WebServer } from "./server.ts";

/** Two packets of a Perfetto trace: tag 0x0a, a length, that many bytes. */
export const TRACE = new Uint8Array([0x0a, 3, 8, 1, 0, 0x0a, 130, 1, ...new Uint8Array(130)]);

/** The run that {@linkcode Place.run} makes. */
export const ID = "20261121T050000Z-elsewhere-0001";

/** A server over an empty store, and a directory for files. */
export class Place implements AsyncDisposable {
  readonly directory: string;
  readonly store: string;
  readonly server: WebServer;

  private constructor(directory: string, server: WebServer) {
    this.directory = directory;
    this.store = `${directory}/runs`;
    this.server = server;
  }

  static async open(): Promise<Place> {
    const directory = await Deno.makeTempDir({ prefix: "fencelab-web-upload-" });
    return new Place(directory, await WebServer.open(`${directory}/runs`));
  }

  /** Sends a body. */
  async send(
    body: BodyInit,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; answer: Record<string, string> }> {
    const response = await this.server.fetch("/api/uploads", { method: "POST", body, headers });
    return { status: response.status, answer: await response.json() };
  }

  /** Makes an archive with Debian's tar. */
  async tar(options: string[], names: string[]): Promise<Uint8Array<ArrayBuffer>> {
    const { success, stdout, stderr } = await new Deno.Command("tar", {
      args: [...options, "-C", this.directory, ...names],
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    return stdout;
  }

  /** A run directory beside the store. */
  run(changes: Partial<Run> = {}, trace = true): void {
    Deno.mkdirSync(`${this.directory}/${ID}`, { recursive: true });
    const run = sampleRun({
      id: ID,
      results: [sampleCapture({ trace: "capture.pftrace" })],
      ...changes,
    });
    Deno.writeTextFileSync(`${this.directory}/${ID}/run.json`, formatRun(run));
    if (trace) Deno.writeFileSync(`${this.directory}/${ID}/capture.pftrace`, TRACE);
  }

  /** What lies in the store, except its index. */
  names(): string[] {
    try {
      return [...Deno.readDirSync(this.store)].map(({ name }) => name)
        .filter((name) => !name.startsWith(".index")).sort();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.end();
    await Deno.remove(this.directory, { recursive: true });
  }
}
