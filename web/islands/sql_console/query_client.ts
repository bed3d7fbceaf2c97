/// <reference lib="dom" />

import type { SqlAnswer } from "../../sql/answer.ts";

/** How often the console looks how far the trace is, in ms. */
const STATE_PERIOD_MS = 400;

/** A place in the SQL, both counted from 1. */
export interface SqlPlace {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a query, in the server's words. */
export class QueryProblem extends Error {
  override readonly name = "QueryProblem";
  readonly remedy: string;
  readonly position: SqlPlace | null;

  constructor(problem: string, remedy: string, position: SqlPlace | null) {
    super(problem);
    this.remedy = remedy;
    this.position = position;
  }
}

/** Asks the server about one trace. */
export class QueryClient {
  readonly #base: string;

  constructor(key: string) {
    this.#base = `/api/traces/${encodeURIComponent(key)}`;
  }

  /**
   * Runs SQL.
   *
   * @param signal Ends the query on the server as well.
   * @param progress Is told from time to time what the server does.
   * @throws {QueryProblem} If there is no answer.
   */
  async run(
    sql: string,
    signal: AbortSignal,
    progress: (text: string) => void,
  ): Promise<SqlAnswer> {
    const begin = performance.now();
    const timer = setInterval(async () => {
      const seconds = Math.round((performance.now() - begin) / 1000);
      const text = await this.#progress(seconds);
      if (!signal.aborted) progress(text);
    }, STATE_PERIOD_MS);
    try {
      const response = await fetch(`${this.#base}/query`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ sql }),
        signal,
      });
      if (!response.ok) throw await problemOf(response);
      return await response.json();
    } catch (error) {
      if (signal.aborted) throw new QueryProblem("Cancelled", "run it again", null);
      if (error instanceof QueryProblem) throw error;
      throw new QueryProblem("The server does not answer", "see whether it still runs", null);
    } finally {
      clearInterval(timer);
    }
  }

  async #progress(seconds: number): Promise<string> {
    try {
      const response = await fetch(`${this.#base}/engine`);
      const { state, loadedBytes, totalBytes } = await response.json();
      if (state === "absent") return `Waiting for a trace processor, ${seconds} s…`;
      if (state === "ready") return `Running, ${seconds} s…`;
      if (loadedBytes === 0) return `Starting a trace processor, ${seconds} s…`;
      return `Loading the trace, ${Math.floor(100 * loadedBytes / totalBytes)} %…`;
    } catch {
      return `Waiting for the server, ${seconds} s…`;
    }
  }
}

async function problemOf(response: Response): Promise<QueryProblem> {
  try {
    const { problem, remedy, position } = await response.json();
    return new QueryProblem(problem, remedy, position ?? null);
  } catch {
    return new QueryProblem(`The server answered ${response.status}`, "load the page again", null);
  }
}
