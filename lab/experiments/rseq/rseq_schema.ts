import { z } from "zod";
import { attemptShape } from "../../format/attempt_schema.ts";
import type { Known } from "../../format/known.ts";

const count = z.int().nonnegative();

/** Turns before each of which a sibling was seen to run in a restartable section. */
const turnsSchema = z.looseObject({
  turns: count,
  restarted: count.describe("the section was restarted without the sibling's being switched out"),
  switched: count.describe("it was restarted, but the sibling was switched out meanwhile"),
}).describe("of the other turns the section went on");

/** What the core counted with one technique; no verdict yet. */
export const rseqCountsSchema = z.looseObject({
  technique: z.string().min(1),
  ...attemptShape,
  siblings: z.array(z.looseObject({
    cpu: count,
    called: turnsSchema,
    quiet: turnsSchema,
    restarts: count.describe("all restarts, also those outside of turns"),
  })),
  calledSeconds: z.number().nonnegative(),
  quietSeconds: z.number().nonnegative(),
  starved: z.boolean().describe("a thread did not get to run for seconds, which ended it"),
  seconds: z.number().nonnegative(),
  priority: z.enum(["fifo", "autogroup", "none"]),
  callerCpu: count,
  aimedCpu: count.describe("the CPU that a call for one CPU names; others have no use for it"),
});

/** Verdicts about sections: the first two on siblings that are aimed at, then on bystanders. */
export const RSEQ_VERDICTS = [
  "restarted",
  "not-restarted",
  "spared",
  "not-spared",
  "not-discriminable",
  "starved",
] as const;

/** One technique, on the siblings that it aims at or on those that it must leave alone. */
export const rseqSchema = z.looseObject({
  experiment: z.literal("rseq"),
  technique: z.string().min(1),
  role: z.enum(["aimed", "bystander"])
    .describe("bystander: a sibling on another CPU than the one that the call names"),
  aim: z.enum(["all", "sibling", "caller"])
    .describe("every CPU of the process, the CPU of a sibling, or that of the caller itself"),
  siblings: count.describe("siblings of this role; turns of all of them are added up"),
  siblingCpus: z.array(count),
  callerCpu: count,
  ...attemptShape,
  called: turnsSchema.describe("turns with a call"),
  quiet: turnsSchema.describe("turns as long without a call, in turns with those"),
  calledSeconds: z.number().nonnegative().describe("what the turns with a call lasted together"),
  quietSeconds: z.number().nonnegative(),
  starved: z.boolean().describe("a thread did not get to run for seconds, which ended it"),
  seconds: z.number().nonnegative(),
  priority: z.enum(["fifo", "autogroup", "none"]),
  verdict: z.enum(RSEQ_VERDICTS),
  why: z.string().describe("the rule that gave the verdict, in words"),
  holds: z.string()
    .describe("what the verdict holds for: kernel, CPUs, siblings, calls, share excluded"),
  excluded: z.number().min(0).max(1).nullable()
    .describe("share of calls that may do otherwise unseen, at most, with 95 % confidence"),
});

/** Turns of one kind. */
export type RseqTurns = Known<z.infer<typeof turnsSchema>>;

/** What the core counted with one technique. */
export type RseqCounts = Known<z.infer<typeof rseqCountsSchema>>;

/** A verdict about sections. */
export type RseqVerdict = typeof RSEQ_VERDICTS[number];

/** One entry of `results` with `experiment: "rseq"`. */
export type RseqResult = Known<z.infer<typeof rseqSchema>>;
