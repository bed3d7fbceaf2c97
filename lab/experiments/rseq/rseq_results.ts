/** Results of the rseq experiment from what the core counted: one for each role of siblings. */

import { defined } from "../../format/defined.ts";
import type { RseqCounts, RseqResult, RseqTurns } from "./rseq_schema.ts";
import { rseqHolds } from "./rseq_subject.ts";
import { judgeRseq } from "./rseq_verdict.ts";

/**
 * The results of one request.
 *
 * @param siblingCpus Of the request: a technique that was refused has counted nothing.
 * @param kernel The release for which they hold.
 */
export function rseqResults(
  counts: RseqCounts,
  aim: RseqResult["aim"],
  siblingCpus: readonly number[],
  kernel: string,
): RseqResult[] {
  const { technique, available, outcome, reason, errno, callerCpu, aimedCpu, siblings } = counts;
  const { calledSeconds, quietSeconds, starved, seconds, priority } = counts;
  const aimed = siblingCpus.filter((cpu) => aim === "all" || cpu === aimedCpu);
  const others = siblingCpus.filter((cpu) => !aimed.includes(cpu));
  return ([["aimed", aimed], ["bystander", others]] as const)
    .filter(([, cpus]) => cpus.length > 0)
    .map(([role, cpus]) => {
      const seen = siblings.filter(({ cpu }) => cpus.includes(cpu));
      const facts = {
        role,
        available,
        ...defined({ outcome }),
        reason,
        starved,
        called: sum(seen.map(({ called }) => called)),
        quiet: sum(seen.map(({ quiet }) => quiet)),
      };
      const { verdict, why, excluded } = judgeRseq(facts);
      const result = {
        experiment: "rseq" as const,
        technique,
        aim,
        siblings: cpus.length,
        siblingCpus: [...cpus],
        callerCpu,
        errno,
        calledSeconds,
        quietSeconds,
        seconds,
        priority,
        ...facts,
        verdict,
        why,
        excluded,
      };
      return { ...result, holds: rseqHolds(result, kernel) };
    });
}

function sum(all: readonly RseqTurns[]): RseqTurns {
  const total = { turns: 0, restarted: 0, switched: 0 };
  for (const { turns, restarted, switched } of all) {
    total.turns += turns;
    total.restarted += restarted;
    total.switched += switched;
  }
  return total;
}
