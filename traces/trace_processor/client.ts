import type { BytePipe } from "./byte_pipe.ts";
import { type CallOptions, Connection } from "./connection.ts";
import { EngineError, SqlError, TraceLoadError } from "./errors.ts";
import {
  decodeQueryPart,
  type QueryPart,
  type QueryResult,
  type SqlValue,
} from "./query_result.ts";
import {
  API_VERSION,
  appendRequest,
  decodeError,
  decodeStatus,
  type EngineStatus,
  type IngestOptions,
  Method,
  plainRequest,
  queryRequest,
  registerRequest,
  type Reply,
  resetRequest,
  type SqlModule,
} from "./rpc_messages.ts";

/** Longest piece of a trace in one request; the WASM engine's own buffer holds 32 MiB. */
const MAX_APPEND = 8 * 1024 * 1024;

/**
 * A trace processor at the other end of a byte pipe.
 *
 * Calls queue up: the protocol answers one request at a time.
 *
 * @example
 * ```ts ignore
 * await using processor = await TraceProcessor.open(openWasmPipe(engine));
 * await processor.load(trace);
 * const { rows } = await processor.query("SELECT name, dur FROM slice LIMIT 10");
 * ```
 */
export class TraceProcessor {
  /** What the other side said about itself. */
  readonly status: EngineStatus;
  readonly #connection: Connection;
  /** SQL packages by name: a reset makes the trace processor forget them. */
  readonly #packages = new Map<string, readonly SqlModule[]>();

  private constructor(connection: Connection, status: EngineStatus) {
    this.#connection = connection;
    this.status = status;
  }

  /**
   * Takes over a byte pipe and waits until the trace processor answers.
   *
   * @throws {EngineError} If it dies, says nonsense, or speaks an older protocol.
   */
  static async open(pipe: BytePipe, options: CallOptions = {}): Promise<TraceProcessor> {
    const connection = new Connection(pipe);
    try {
      const reply = await connection.ask(plainRequest(Method.getStatus), options);
      const status = decodeStatus(reply.result ?? new Uint8Array());
      if (status.apiVersion < API_VERSION) {
        throw new EngineError(
          `Cannot use trace processor '${status.version}': it speaks protocol ` +
            `${status.apiVersion}, ${API_VERSION} or newer is needed; use v55 or newer`,
        );
      }
      return new TraceProcessor(connection, status);
    } catch (cause) {
      connection.close();
      throw cause;
    }
  }

  /**
   * Loads a trace; what was loaded before is dropped.
   *
   * @param trace The trace's bytes, cut anywhere.
   * @throws {TraceLoadError} If they are no trace.
   */
  async load(
    trace: Uint8Array | AsyncIterable<Uint8Array>,
    options: CallOptions & IngestOptions = {},
  ): Promise<void> {
    await this.#connection.ask(resetRequest(options), options);
    for (const [name, modules] of this.#packages) await this.#register(name, modules);
    const chunks = trace instanceof Uint8Array ? [trace] : trace;
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += MAX_APPEND) {
        const request = appendRequest(chunk.subarray(at, at + MAX_APPEND));
        const { result } = await this.#connection.ask(request, options);
        refuseLoad(result && decodeError(result, 2));
      }
    }
    const { result } = await this.#connection.ask(plainRequest(Method.finalizeTraceData), options);
    refuseLoad(result && decodeError(result, 1));
  }

  /**
   * Runs SQL; the rows are those of the last statement.
   *
   * @throws {SqlError} If it is refused, with the position in it.
   */
  async query(sql: string, options: CallOptions = {}): Promise<QueryResult> {
    let columns: readonly string[] = [];
    const rows: (readonly SqlValue[])[] = [];
    for await (const part of this.parts(sql, options)) {
      columns = part.columns;
      for (const row of part.rows) rows.push(row);
    }
    return { columns, rows };
  }

  /**
   * Runs SQL and yields row by row, for results that should not be held as a whole.
   *
   * Other calls wait until the last row is taken or the iteration is left.
   *
   * @throws {SqlError} If it is refused, possibly after some rows.
   */
  async *rows(sql: string, options: CallOptions = {}): AsyncGenerator<readonly SqlValue[], void> {
    for await (const part of this.parts(sql, options)) yield* part.rows;
  }

  /**
   * Runs SQL and yields piece by piece, each with the names of the columns and whole rows.
   *
   * @throws {SqlError} If it is refused, possibly after some rows.
   */
  async *parts(sql: string, options: CallOptions = {}): AsyncGenerator<QueryResult, void> {
    let part: QueryPart | undefined;
    function isLast(reply: Reply): boolean {
      part = decodeQueryPart(reply.result ?? new Uint8Array());
      return part.isLast || part.error !== undefined;
    }
    let columns: readonly string[] = [];
    let cells: readonly SqlValue[] = [];
    for await (const _ of this.#connection.stream(queryRequest(sql), isLast, options)) {
      if (part?.error !== undefined) throw new SqlError(sql, part.error);
      columns = part?.columns ?? columns;
      cells = cells.length === 0 ? part?.cells ?? [] : [...cells, ...part?.cells ?? []];
      const rows = cutIntoRows(cells, columns.length);
      cells = cells.slice(rows.length * columns.length);
      yield { columns, rows };
    }
  }

  /**
   * Makes modules known to INCLUDE PERFETTO MODULE, for this trace and those loaded later; replaces
   * a package of that name.
   *
   * @throws {EngineError} If the package is refused.
   */
  async registerPackage(name: string, modules: readonly SqlModule[]): Promise<void> {
    await this.#register(name, modules);
    this.#packages.set(name, modules);
  }

  /** Gives up the trace processor; calls under way fail at once with {@linkcode EngineError}. */
  close(): void {
    this.#connection.close();
  }

  /** As {@linkcode TraceProcessor.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #register(name: string, modules: readonly SqlModule[]): Promise<void> {
    const { result } = await this.#connection.ask(registerRequest(name, modules));
    const error = result && decodeError(result, 1);
    if (error) throw new EngineError(`Cannot register SQL package '${name}': ${error}`);
  }
}

/** Whole rows of a list of cells; what is left over belongs to a row that goes on. */
function cutIntoRows(cells: readonly SqlValue[], width: number): SqlValue[][] {
  const count = width === 0 ? 0 : Math.floor(cells.length / width);
  return Array.from({ length: count }, (_, i) => cells.slice(i * width, (i + 1) * width));
}

function refuseLoad(error: string | undefined): void {
  if (error) throw new TraceLoadError(`Cannot load the trace: ${error}`);
}
