/** A server with a trace, for tests of SQL and of the Perfetto UI. */

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
