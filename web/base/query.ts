import type { z } from "zod";
import { Problem } from "./problem.ts";

/** What is wrong with the parameters of a request, by the first of them. */
export function parameterProblem({ issues: [issue] }: Pick<z.ZodError, "issues">): Problem {
  const unknown = issue?.code === "unrecognized_keys";
  const name = (unknown ? issue.keys[0] : issue?.path.join(".")) ?? "";
  const why = unknown ? "there is none of that name" : issue?.message ?? "it is malformed";
  return new Problem(
    400,
    `Parameter '${name}' cannot be used: ${why}`,
    "see /api/openapi.json for what is taken",
  );
}

/**
 * Checks the parameters of a page's address.
 *
 * @throws {Problem} If one of them cannot be used.
 */
export function checkedQuery<Schema extends z.ZodType>(
  schema: Schema,
  query: Record<string, string>,
): z.infer<Schema> {
  const outcome = schema.safeParse(query);
  if (outcome.success) return outcome.data;
  throw parameterProblem(outcome.error);
}
