/** Advice as a C header: the chosen order of each need. */

import { type Advice, usableRungs } from "./advice.ts";

/** Host names and reasons inside a C comment: printable ASCII that cannot end it. */
function commented(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").replaceAll("*/", "* /").replaceAll("/*", "/ *");
}

function constantOf(technique: string): string {
  return `FENCE_${technique.toUpperCase().replaceAll("-", "_")}`;
}

/**
 * A C header with one enumeration of techniques and one array for each need, in the order in which
 * to try them, ended by `FENCE_FULL_FENCES`.
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
    return [
      `/* For ${commented(one.title)}. */`,
      `static const enum fence_technique fence_order_${one.need.replaceAll("-", "_")}[] = {`,
      ...lines,
      `\t/* ${commented(one.bottom)} */`,
      "\tFENCE_FULL_FENCES,",
      "};",
    ].join("\n");
  });
  return [
    "/*",
    " * Which asymmetric fence to try first: made by fencelab (lab advise --header) from",
    ...seen.map((one) => ` *   ${commented(one)}`),
    " */",
    "#ifndef FENCELAB_ADVICE_H",
    "#define FENCELAB_ADVICE_H",
    "",
    "enum fence_technique {",
    ...techniques.map((technique) => `\t${constantOf(technique)},`),
    "\t/* the last of every order: no asymmetric fence holds */",
    "\tFENCE_FULL_FENCES,",
    "};",
    "",
    chains.join("\n\n"),
    "",
    "#endif",
    "",
  ].join("\n");
}
