import type { ContentfulStatusCode } from "hono/utils/http-status";

/** What is wrong with a request, and what to do about it. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: ContentfulStatusCode;
  readonly remedy: string;

  constructor(status: ContentfulStatusCode, problem: string, remedy: string, cause?: unknown) {
    super(problem, { cause });
    this.status = status;
    this.remedy = remedy;
  }
}

/** An error, unless nobody waits for the answer any more: that is no failure of the server. */
export function unlessCancelled(signal: AbortSignal, error: unknown): unknown {
  if (!signal.aborted) return error;
  return new Problem(408, "The question was cancelled", "ask again", error);
}
