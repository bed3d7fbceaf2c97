import type { z } from "zod";
import { Problem } from "./problem.ts";

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
  const [issue] = outcome.error.issues;
  throw new Problem(
    400,
    `Parameter '${issue!.path.join(".")}' cannot be used: ${issue!.message}`,
    "go back to the form, or see /api/openapi.json for what is taken",
  );
}
