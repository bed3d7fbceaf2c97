/** The command line cannot be understood; exit code 1. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
