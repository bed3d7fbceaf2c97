/** `/api/compare`: two sides of runs, as `lab compare --json` says it. */

import { createRoute, z } from "@hono/zod-openapi";
import type { Comparison } from "../../lab/compare/comparison.ts";
import { warningSchema } from "../../lab/format/host_schema.ts";
import { costSchema } from "../../lab/experiments/cost/cost_schema.ts";
import { problems, runLabelSchema } from "./schemas.ts";
import { askedRuns, comparisonOf } from "../runs/compare_asked.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { Problem } from "../base/problem.ts";

const estimate = z.object({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
}).describe("with its 95 % confidence interval; null where there are too few samples to say");

const timeVerdict = z.enum([
  "faster",
  "slower",
  "no-change",
  "too-noisy",
  "needs-runs",
  "not-compared",
]);

const judgement = {
  ratio: estimate.nullable().describe("from left to right; null where times must not be compared"),
  threshold: z.number().nullable().describe("changes above this share count"),
  thresholdFrom: z.enum(["minimum", "clock-step", "within-runs", "between-runs"]).nullable(),
  verdict: timeVerdict,
};

const costSide = z.object({
  runs: z.int(),
  samples: z.int(),
  dropped: z.int(),
  ipisPerOp: z.number().nullable(),
  reason: z.string().nullable().describe("why there is no sample"),
});

const cost = z.object({
  technique: z.string(),
  callers: z.int(),
  siblings: z.int(),
  placement: costSchema.shape.placement,
  left: costSide,
  right: costSide,
  quantiles: z.array(z.object({
    quantile: z.enum(["p50", "p90", "p99"]),
    left: estimate.nullable().describe("nanoseconds"),
    right: estimate.nullable().describe("nanoseconds"),
    ...judgement,
  })),
  effect: z.object({
    superiority: z.number().describe("chance that a sample of the right exceeds one of the left"),
    delta: z.number().describe("Cliff's"),
    size: z.enum(["negligible", "small", "medium", "large"]),
  }).nullable(),
  verdict: timeVerdict.describe("that of the median"),
  words: z.string(),
  interruptsChanged: z.boolean(),
  notes: z.array(z.string()),
});

const statement = z.object({
  experiment: z.string(),
  subject: z.string(),
  left: z.string().nullable(),
  right: z.string().nullable(),
  changed: z.boolean(),
  words: z.string(),
  grave: z.boolean().describe("bears on soundness"),
});

const figure = z.object({
  experiment: z.string(),
  subject: z.string(),
  figure: z.string(),
  unit: z.enum(["ns", "per-second", "share", "times"]),
  left: estimate.nullable(),
  right: estimate.nullable(),
  words: z.string(),
  ...judgement,
});

/** A comparison: left is the base, right is judged. */
const comparisonSchema: z.ZodType<Comparison> = z.object({
  left: z.array(runLabelSchema),
  right: z.array(runLabelSchema),
  environment: z.array(z.object({
    name: z.string(),
    left: z.array(z.string()),
    right: z.array(z.string()),
  })),
  timeBarriers: z.array(z.string()).describe("why times must not be compared"),
  warnings: z.array(z.object({
    side: z.enum(["left", "right", "both"]),
    warning: warningSchema,
    runs: z.int(),
  })),
  cost: z.array(cost),
  statements: z.array(statement),
  figures: z.array(figure),
  onlyLeft: z.array(z.string()),
  onlyRight: z.array(z.string()),
  rules: z.object({
    confidence: z.number(),
    minimum: z.number(),
    tooNoisy: z.number(),
    words: z.array(z.string()),
  }),
});

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
