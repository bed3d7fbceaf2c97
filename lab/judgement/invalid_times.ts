import { findTechnique, MUTANT_PREFIX } from "../format/techniques.ts";

/** A run, as far as its warnings go. */
export interface Warned {
  readonly warnings: readonly {
    readonly code: string;
    readonly message: string;
    readonly invalidates: boolean;
  }[];
}

/**
 * Why times of a technique must not be judged although its runs are alike: "W038 invalidates those
 * of the left". Empty if they may be.
 */
export function timeDoubts(
  left: readonly Warned[],
  right: readonly Warned[],
  technique: string,
): string[] {
  return [["left", left] as const, ["right", right] as const].flatMap(([side, runs]) => {
    const codes = runs.map((run) => codesAgainst(run, technique));
    return [...new Set(codes.flat())].sort().map((code) => {
      const hit = codes.filter((one) => one.includes(code)).length;
      const share = hit < runs.length ? `, in ${hit} of ${runs.length} runs` : "";
      return `${code} invalidates those of the ${side}${share}`;
    });
  });
}

/** What stands in place of a verdict. */
export function notComparedWords(doubts: readonly string[]): string {
  const why = doubts.length === 0 ? "" : `: ${doubts.join(", ")}`;
  return `times are shown, not compared${why}`;
}

/** Codes of the warnings that forbid to use the times of a technique in a run. */
function codesAgainst({ warnings }: Warned, technique: string): string[] {
  return warnings.filter((warning) => warning.invalidates && concerns(warning, technique))
    .map(({ code }) => code);
}

/** Whether the warning names the technique, or none at all: then it is about all of the run. */
function concerns(
  { message }: Pick<Warned["warnings"][number], "message">,
  technique: string,
): boolean {
  // Whole words: membarrier-global is not named by membarrier-global-expedited
  const words = message.split(/[^\w:.-]+/).map((word) => word.replace(/[:.-]+$/, ""));
  const named = words.filter((word) =>
    word === technique || findTechnique(word) !== undefined || word.startsWith(MUTANT_PREFIX)
  );
  return named.length === 0 || named.includes(technique);
}
