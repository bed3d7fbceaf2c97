/** What flavours of RCU are worth to comparisons, checks and ladders. */

import type { Check } from "../../judgement/check.ts";
import type { Figure } from "../../judgement/figure.ts";
import { attemptOf, none, type ResultKind, subjectOf, whole } from "../../judgement/result_kind.ts";
import { mild, type Statement } from "../../judgement/statement.ts";
import { NO_WEIGHT, PROOF } from "../../judgement/weight.ts";
import { flavourOf } from "./flavours.ts";
import type { RcuResult } from "./rcu_schema.ts";
import { staleFlavours } from "./stale.ts";
import { tortureOf } from "./torture_verdict.ts";

/** Results of rcu. */
export const rcuKind: ResultKind<RcuResult> = {
  subjects: (result) => [
    subjectOf(result, "technique", "flavour", "mode", "mutant", "readers", "writers"),
  ],
  restrict: whole,
  weight: ({ mutant, stale }) => !mutant && stale > 0 ? PROOF : NO_WEIGHT,
  hasRun: ({ reads }) => reads > 0,
  threads: ({ readers, writers }) => readers + writers,
  brokenPromise: (result) => staleFlavours([result]).some(({ promised }) => promised),
  attempts: (result) => [attemptOf(result)],
  aliases: ({ flavour }) => [flavour],
  failure: ({ flavour, mutant, stale }, technique) =>
    !mutant && stale > 0 && flavourOf(flavour).technique === technique
      ? `RCU flavour ${flavour}: ${stale} readers held freed objects`
      : null,
  verdict: () => null,
  // A bench looks at too few objects to say that none is stale
  checks: (result, { kernel }) =>
    result.mode === "torture" || result.stale > 0 ? [check(result, kernel)] : [],
  figures,
  statements: (result) => result.available ? [soundness(result)] : [],
  distributions: none,
  traces: none,
  observations: none,
  context: ["mode", "mutant", "readers", "writers"],
  parts: (result) => [result],
};

/**
 * Stale readers fail a flavour that is documented to be sound, and a test that they should show.
 * That none was seen is no success where none could be.
 */
function check(result: RcuResult, kernel: string): Check {
  const { flavour, mode, mutant, available, reason, stale, reads } = result;
  const name = nameOf({ flavour, mode, mutant });
  if (!available || reads === 0) {
    return { name, outcome: "skipped", why: `not run: ${reason ?? "no section was counted"}` };
  }
  const { promised } = flavourOf(flavour);
  const expected = mutant ? "unsound on purpose" : promised ? "sound" : "nothing";
  const why = `${stale} of ${reads} sections held freed objects, promised: ${expected}`;
  // That a mistake made on purpose did not show proves nothing: the host may not have let it
  if (mutant) return { name, outcome: stale > 0 ? "passed" : "skipped", why };
  const judged = tortureOf(result, kernel);
  if (judged?.verdict === "not-discriminable") {
    return { name, outcome: "skipped", why: judged.holds };
  }
  return {
    name,
    outcome: stale > 0 && promised ? "failed" : "passed",
    why: judged === null ? why : `${judged.holds}; promised: ${expected}`,
    notable: stale > 0,
    ordered: stale === 0,
  };
}

function nameOf({ flavour, mode, mutant }: Pick<RcuResult, "flavour" | "mode" | "mutant">): string {
  return `${flavour}, ${mode}${mutant ? ", fences left out" : ""}`;
}

function figures(result: RcuResult, all: readonly RcuResult[]): Figure[] {
  const { technique, flavour, readers, writers, seconds, reads, writes } = result;
  if (!result.available || result.mode !== "bench" || result.mutant || seconds === 0) return [];
  const name = { technique, subject: `${flavour}, ${readers} readers, ${writers} writers` };
  const found: Figure[] = [
    { ...name, unit: "per-second", figure: "reads", value: reads / seconds },
    { ...name, unit: "per-second", figure: "writes", value: writes / seconds },
  ];
  // A flavour with fences in the reader is the yardstick of the kernel commit's table.
  for (const mb of ["mb", "mb-mfence"]) {
    const yardstick = all.find((one) =>
      one.flavour === mb && one.mode === "bench" && !one.mutant &&
      one.readers === readers && one.writers === writers && one.reads > 0
    );
    if (yardstick === undefined || flavour === mb) continue;
    const value = reads / seconds / (yardstick.reads / yardstick.seconds);
    found.push({ ...name, figure: `reads relative to ${mb}`, unit: "times", value });
  }
  return found;
}

function soundness(result: RcuResult): Statement {
  const unknown = "not to be told";
  const stale = result.stale > 0;
  const blind = tortureOf(result)?.verdict === "not-discriminable";
  return {
    subject: nameOf(result),
    says: stale ? "freed objects were read" : blind ? unknown : "no freed object was read",
    rank: stale ? 2 : blind ? 0 : 1,
    means: (right) => {
      if (result.mutant) return mild("the test caught the missing fences on one side");
      if (blind || right === unknown) {
        return mild(
          `the ${blind ? "left" : "right"} could not tell: evidence, not the machine, changed`,
        );
      }
      return { words: "only one side read them", grave: true };
    },
  };
}
