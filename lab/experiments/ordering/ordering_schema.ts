import { z } from "zod";
import type { Known } from "../../format/known.ts";
import { VERDICTS } from "../../format/verdict.ts";

const count = z.int().nonnegative();
const nanoseconds = z.number().nonnegative().nullable();

const counts = z.looseObject({
  iterations: count.describe("turns of the heavy side that got an answer"),
  weak: count.describe("of them: outcomes that a fence forbids"),
  missed: count.describe("turns whose answer was overwritten before it was read"),
  lightPeriodNs: nanoseconds.describe("mean duration of the light side's turns"),
});

const clog = z.looseObject({
  kind: z.string().min(1),
  count: count.describe("delayed stores before each store under test"),
});

const share = z.looseObject({ hits: count, samples: count }).nullable();

/** What one arrangement of the store-buffering test counted; no verdict yet. */
export const orderingCountsSchema = z.looseObject({
  technique: z.string().min(1),
  shape: z.enum(["sb", "mp"]),
  relation: z.enum(["thread", "process", "process-registered", "shared-mm"]),
  habit: z.enum(["spin", "sleep", "switch", "exit"]),
  light: z.string().min(1).describe("barrier, fence, or the technique that the light side calls"),
  callerCpu: count,
  siblingCpu: count,
  available: z.boolean(),
  reason: z.string().nullable(),
  errno: z.string().nullable(),
  starved: z.boolean().describe("a side did not get to run, see reason"),
  counts,
  delay: counts.describe("the same with a delay of costNs, which orders nothing, in turns with it"),
  clog,
  calibration: z.looseObject({
    delayNs: z.number().nonnegative().describe("the delay with which clogs were tried"),
    trials: z.array(z.looseObject({
      kind: z.string(),
      count,
      iterations: count,
      weak: count,
      lightPeriodNs: nanoseconds,
    })),
  }),
  costNs: nanoseconds.describe("median of one call, light side without clog"),
  costAfterNs: nanoseconds.describe("the same after counting"),
  cloggedNs: nanoseconds.describe("median of one call under the clog"),
  interruptsPerOp: z.number().nonnegative().nullable().describe("of the light side's thread"),
  preempted: count.describe("times that the light side was switched out while it was counted"),
  witnessBy: z.string().describe("how the light side notices that the kernel was entered"),
  witness: share,
  background: share.describe("the witness with a delay of the same length"),
  priority: z.enum(["fifo", "autogroup", "none"]),
  seconds: z.number().nonnegative(),
});

/** One arrangement with its verdict. */
export const orderingSchema = z.looseObject({
  experiment: z.literal("ordering"),
  technique: z.string().min(1),
  arrangement: z.string().min(1).describe("who the light side is and what it does"),
  role: z.enum(["technique", "control", "mechanism", "pair", "scenario", "mutant"]),
  expected: z.enum(["ordered", "not-ordered"]).nullable()
    .describe("what documentation or construction says; null: nothing"),
  iterations: count,
  weak: count.describe("iterations with the outcome that a fence forbids"),
  power: z.number().min(0).max(1)
    .describe("chance that one iteration would have shown missing order: the rate of the delay"),
  bound: z.number().min(0).max(1).nullable()
    .describe("3/N: with 95 % confidence forbidden outcomes are rarer; null when some were seen"),
  controls: z.record(z.string(), z.unknown()),
  evidence: z.record(z.string(), z.unknown()),
  verdict: z.enum(VERDICTS),
  why: z.string().describe("the rule that gave the verdict, in words"),
  observation: z.string().describe("the line that litmus7 would print"),
  counted: orderingCountsSchema,
});

/** What the core counted in one arrangement; times in nanoseconds. */
export type OrderingCounts = Known<z.infer<typeof orderingCountsSchema>>;

/** One entry of `results` with `experiment: "ordering"`. */
export type OrderingResult = Known<z.infer<typeof orderingSchema>>;
