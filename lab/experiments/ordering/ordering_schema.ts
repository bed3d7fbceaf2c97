import { z } from "zod";
import { attemptShape } from "../../format/attempt_schema.ts";
import type { Known } from "../../format/known.ts";
import { quantilesSchema } from "../../format/quantiles_schema.ts";
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
  shape: z.enum(["sb", "mp", "lb", "mp-read"])
    .describe("the light side's accesses: store and load, store and store, load and store, loads"),
  relation: z.enum(["thread", "process", "process-registered", "shared-mm"]),
  habit: z.enum(["spin", "sleep", "switch", "exit"]),
  light: z.string().min(1).describe("barrier, fence, or the technique that the light side calls"),
  clogged: z.enum(["light", "caller"]).exactOptional()
    .describe("whose store buffer is filled, in half of the time"),
  registered: z.enum(["as-usual", "lazily", "lazily-threaded"]).exactOptional()
    .describe(
      "lazily: while the sibling's CPU idled and kept the process; threaded: with a second",
    ),
  kept: z.enum(["kept", "forgot", "unknown"]).nullable().exactOptional()
    .describe("of lazily: whether that CPU ran nothing else until the sibling started"),
  callerCpu: count,
  siblingCpu: count.describe("of the first of the siblings"),
  ...attemptShape,
  starved: z.boolean().describe("a side did not get to run, see reason"),
  counts: counts.describe("of the sibling whose missing order would show least; weak: of any"),
  delay: counts.describe("the same with a delay as long, which orders nothing, in turns with it"),
  siblings: z.array(z.looseObject({
    cpu: count,
    counts,
    delay: counts,
    interruptsPerOp: z.number().nonnegative().nullable(),
    preempted: count,
    blocks: z.looseObject({
      turns: z.array(count),
      weak: z.array(count),
      delayTurns: z.array(count),
      delayWeak: z.array(count),
    }).describe("turns and forbidden outcomes block by block, of the technique and of the delay"),
  })).exactOptional().describe("one for each light side; runs before fencelab 0.2 have none"),
  first: z.looseObject({ iterations: count, weak: count }).exactOptional()
    .describe("turns before those counted, from the technique's first call on"),
  ruler: z.looseObject({ turns: count, brief: count }).exactOptional()
    .describe("turns of the delay, and those that were shorter than drawn for them"),
  reach: z.looseObject({ ns: z.number().nonnegative(), calls: count, longer: count })
    .exactOptional()
    .describe("length of delays that were noticed; calls that no clog held up, and longer ones"),
  took: quantilesSchema.exactOptional().describe(
    "how long a counted turn took, ns; null: none did",
  ),
  delayTook: quantilesSchema.exactOptional().describe("the same with the delay"),
  clog,
  calibration: z.looseObject({
    delayNs: z.number().nonnegative().exactOptional()
      .describe("the delay with which clogs were tried; since fencelab 0.2 as long as the calls"),
    trials: z.array(z.looseObject({
      kind: z.string(),
      count,
      iterations: count,
      weak: count,
      lightPeriodNs: nanoseconds,
    })),
  }),
  costNs: nanoseconds.describe("median of one call, light side without clog"),
  costAfterNs: nanoseconds.exactOptional().describe("the same after counting, before fencelab 0.2"),
  cloggedNs: nanoseconds.describe("median of one call in the counted turns"),
  interruptsPerOp: z.number().nonnegative().nullable()
    .describe("of the light side's thread; of several the least"),
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
  role: z.enum(["technique", "control", "mechanism", "pair", "scenario", "mutant", "caller"]),
  expected: z.enum(["ordered", "not-ordered"]).nullable()
    .describe("what documentation or construction says; null: nothing"),
  iterations: count,
  weak: count.describe("iterations with the outcome that a fence forbids"),
  power: z.number().min(0).max(1)
    .describe("chance that a turn shows a call that does not order: the rate of the delay"),
  bound: z.number().min(0).max(1).nullable().describe(
    "with 95 % confidence fewer calls than this share do not order; null: forbidden outcomes were " +
      "seen, or nothing can be said. Before fencelab 0.2: 3 of all turns, whatever their power",
  ),
  siblings: count.exactOptional().describe("light sides that ran"),
  holds: z.string().exactOptional()
    .describe("what the verdict holds for: kernel, CPUs, siblings, calls, share excluded, power"),
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
