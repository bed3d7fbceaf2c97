import type { Result } from "./results_schema.ts";

/** The results of one kind. */
export function resultsIn<Name extends Result["experiment"]>(
  { results }: { readonly results: readonly Result[] },
  name: Name,
): Extract<Result, { experiment: Name }>[] {
  return results.filter((result): result is Extract<Result, { experiment: Name }> =>
    result.experiment === name
  );
}
