/** A server with a trace, for tests of SQL and of the Perfetto UI. */

import { needs } from "../fixtures/needs.ts";
import { traceBytes } from "./engine_place.ts";
import { WebServer } from "./server.ts";

/** A store that holds one uploaded trace, and its server. */
export class SqlPlace implements AsyncDisposable {
  readonly store: string;
  readonly server: WebServer;
  readonly key: string;
  readonly trace: Uint8Array<ArrayBuffer>;

  private constructor(
    store: string,
    server: WebServer,
    key: string,
    trace: Uint8Array<ArrayBuffer>,
  ) {
    this.store = store;
    this.server = server;
    this.key = key;
    this.trace = trace;
  }

  /** Starts the server. */
  static async open(args: readonly string[] = []): Promise<SqlPlace> {
    const store = await Deno.makeTempDir({ prefix: "fencelab-web-sql-" });
    const trace = traceBytes(7);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", trace)).toHex();
    await Deno.mkdir(`${store}/.uploads`);
    await Deno.writeFile(`${store}/.uploads/${hash}.pftrace`, trace);
    const server = await WebServer.open(store, { args });
    return new SqlPlace(store, server, `upload~${hash}.pftrace`, trace);
  }

  /** The address of something of the trace. */
  api(what: string): string {
    return `/api/traces/${this.key}/${what}`;
  }

  /** Asks by the API. */
  query(sql: string, init: RequestInit = {}, format = "json"): Promise<Response> {
    return this.server.fetch(this.api(`query?format=${format}`), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sql }),
      ...init,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.end();
    await Deno.remove(this.store, { recursive: true });
  }
}

/** Tests of one server: starting it, and an engine for it, takes longer than most of them. */
export class SharedPlace {
  readonly #tests: [name: string, test: (place: SqlPlace) => Promise<void>][] = [];

  /**
   * Declares a test whose steps they are.
   *
   * @param needed See {@linkcode needs}.
   * @param args Of the server.
   */
  constructor(name: string, needed: Record<string, boolean>, args: readonly string[] = []) {
    Deno.test({
      ...needs(name, needed),
      fn: async (context): Promise<void> => {
        await using place = await SqlPlace.open(args);
        for (const [name, test] of this.#tests) await context.step(name, () => test(place));
      },
    });
  }

  /** Adds a test, which leaves the server as it is. */
  add(name: string, test: (place: SqlPlace) => Promise<void>): void {
    this.#tests.push([name, test]);
  }
}
