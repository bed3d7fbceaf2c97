/** `/api/compare`: two sides of runs, as `lab compare --json` says it. */

import { createRoute, z } from "@hono/zod-openapi";
import { askedRuns, comparisonOf } from "../runs/compare_asked.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { Problem } from "../base/problem.ts";
import { comparisonSchema } from "./comparison_schema.ts";
import { problems } from "./schemas.ts";

/** Name of the format of `lab compare --json`. */
const COMPARE_SCHEMA = "fencelab.compare/1";

/** One id, or several of the same name. */
const ids = z.union([z.string(), z.array(z.string())]);

const route = createRoute({
  method: "get",
  path: "/api/compare",
  summary: "What differs between two sides of runs, and how sure that is",
  request: {
    query: z.strictObject({
      base: ids.describe("ids of the runs that are compared with"),
      with: ids.describe("ids of the runs that are judged"),
    }),
  },
  responses: {
    200: {
      description: "The comparison; its left is the base",
      content: {
        "application/json": {
          schema: z.object({
            schema: z.literal(COMPARE_SCHEMA),
            comparisons: z.array(comparisonSchema),
            problems: z.array(z.string()).describe("runs that were left out, with the reason"),
          }),
        },
      },
    },
    ...problems({
      400: "A side is missing, has too many runs, or shares one with the other",
      404: "None of the runs of a side can be read",
    }),
  },
});

export function registerCompareApi(app: WebApp, { library }: WebContext): void {
  app.openapi(route, async (context) => {
    const { base, with: against } = context.req.valid("query");
    const asked = await askedRuns(library, [base].flat(), [against].flat());
    const comparison = comparisonOf(asked);
    if (comparison === null) {
      const why = asked.problems[0] ?? "no id is given";
      throw new Problem(404, `A side has no run: ${why}`, "choose from /api/runs");
    }
    const { problems } = asked;
    return context.json(
      {
        schema: COMPARE_SCHEMA,
        comparisons: [comparison],
        problems: [...problems],
      } as const,
      200,
    );
  });
}
