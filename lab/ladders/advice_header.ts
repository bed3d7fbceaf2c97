/** Advice as a C header: the chosen order of each need. */

import { type Advice, type AdviceNeed, usableRungs } from "./advice.ts";

/** The first line, by which a file is known to be ours. */
export const ADVICE_SIGNATURE = "/* fencelab.advice/1: made by lab advise --header */\n";

/** What ends each order: a fence neither makes others see new code nor restarts their sections. */
const BOTTOMS: Readonly<Record<AdviceNeed, string>> = {
  "ordering": "FENCE_FULL_FENCES",
  "core-sync": "FENCE_STOP_THREADS",
  "rseq-restart": "FENCE_NO_RSEQ",
  "across-processes": "FENCE_FULL_FENCES",
  "realtime": "FENCE_FULL_FENCES",
  "portable": "FENCE_FULL_FENCES",
};

/** What the ends mean, for comments. */
const ENDS: readonly (readonly [string, string])[] = [
  ["FENCE_FULL_FENCES", "no asymmetric fence holds: full fences on both sides"],
  ["FENCE_STOP_THREADS", "nothing serialises others: stop them before code is replaced"],
  ["FENCE_NO_RSEQ", "nothing restarts sections: no restartable sequences"],
];

/** Host names and reasons inside a C comment: printable ASCII that cannot end it. */
function commented(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").replaceAll("*/", "* /").replaceAll("/*", "/ *");
}

function constantOf(technique: string): string {
  return `FENCE_${technique.toUpperCase().replaceAll("-", "_")}`;
}

/**
 * A C header with one enumeration of techniques and one array for each need, in the order in which
 * to try them, ended by what to do where none holds.
 *
 * @param seen Hosts and kernels that the advice rests on, for the comment at the top.
 */
export function adviceHeader(advice: readonly Advice[], seen: readonly string[]): string {
  const techniques = [
    ...new Set(advice.flatMap((one) => usableRungs(one).map(({ technique }) => technique))),
  ];
  const chains = advice.map((one) => {
    const rungs = usableRungs(one);
    const lines = rungs.flatMap(({ technique, why }) => [
      `\t/* ${commented(why)} */`,
      `\t${constantOf(technique)},`,
    ]);
    const left = one.rungs.filter((rung) => !rungs.includes(rung)).map(({ technique, leftOut }) =>
      `\t/* left out: ${commented(`${technique}: ${leftOut ?? ""}`)} */`
    );
    return [
      `/* For ${commented(one.title)}. */`,
      `static const enum fence_technique fence_order_${one.need.replaceAll("-", "_")}[] = {`,
      ...lines,
      ...left,
      `\t/* ${commented(one.bottom)} */`,
      `\t${BOTTOMS[one.need]},`,
      "};",
    ].join("\n");
  });
  return ADVICE_SIGNATURE + [
    "/*",
    " * Which asymmetric fence to try first, and what to do at the end of each order, from",
    ...seen.map((one) => ` *   ${commented(one)}`),
    " */",
    "#ifndef FENCELAB_ADVICE_H",
    "#define FENCELAB_ADVICE_H",
    "",
    "enum fence_technique {",
    ...techniques.map((technique) => `\t${constantOf(technique)},`),
    ...ENDS.flatMap(([constant, means]) => [`\t/* ${means} */`, `\t${constant},`]),
    "};",
    "",
    chains.join("\n\n"),
    "",
    "#endif",
    "",
  ].join("\n");
}
