import { rseqHolds } from "../experiments/rseq/rseq_subject.ts";
import { judgeRseq } from "../experiments/rseq/rseq_verdict.ts";
import type { RseqResult, RseqTurns } from "../experiments/rseq/rseq_schema.ts";

/** Turns as they are where nothing restarts a section. */
export function sampleTurns(changes: Partial<RseqTurns> = {}): RseqTurns {
  return { turns: 20_000, restarted: 0, switched: 0, ...changes };
}

/** A result of the rseq experiment that the schema accepts, with the verdict of its turns. */
export function sampleRseq(changes: Partial<RseqResult> = {}): RseqResult {
  const { verdict, why, excluded, holds, ...facts }: RseqResult = {
    experiment: "rseq",
    technique: "membarrier-rseq",
    role: "aimed",
    aim: "all",
    siblings: 1,
    siblingCpus: [1],
    callerCpu: 0,
    available: true,
    reason: null,
    errno: null,
    called: sampleTurns({ restarted: 20_000 }),
    quiet: sampleTurns(),
    calledSeconds: 0.2,
    quietSeconds: 0.2,
    starved: false,
    seconds: 0.5,
    priority: "fifo",
    verdict: "starved",
    why: "",
    holds: "",
    excluded: null,
    ...changes,
  };
  const judged = judgeRseq(facts);
  const result = {
    ...facts,
    verdict: changes.verdict === undefined ? judged.verdict : verdict,
    why: changes.why === undefined ? judged.why : why,
    excluded: changes.excluded === undefined ? judged.excluded : excluded,
  };
  return { ...result, holds: changes.holds === undefined ? rseqHolds(result, "6.12.1") : holds };
}
