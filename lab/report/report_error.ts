/** A report that cannot be made or written; the message says why and what to do. */
export class ReportError extends Error {
  override readonly name = "ReportError";
}
