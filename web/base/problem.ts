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
