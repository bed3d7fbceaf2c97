/** What cases that call a command many times say of errors that come rarely. */

import type { ConformanceCase } from "./conformance_schema.ts";

/** What happens in p of all calls stays away from n of them once in 20 times where p = 3/n. */
const RULE_OF_THREE = 3;

/** How rare errors must be that did not show, for commands that were called equally often. */
export function rareErrors(cases: readonly ConformanceCase[]): string[] {
  const often = cases.filter(({ answers }) => answers !== undefined);
  const commands = Map.groupBy(often, ({ name }) => name.split(",")[0]!);
  // Each way of calling is judged for itself: what only signals bring about shows only there
  const least = [...commands].filter(([, ways]) => ways.every(({ pass }) => pass))
    .map(([command, ways]) => ({ command, calls: Math.min(...ways.map(callsOf)) }));
  return [...Map.groupBy(least, ({ calls }) => calls)].map(([calls, rows]) => {
    const names = rows.map(({ command }) => command).join(", ");
    const share = Math.floor(calls / RULE_OF_THREE);
    return `${names}: ${calls} calls each way without an error` +
      (share < 2 ? "" : `, so fewer than 1 in ${share} fail (95 %)`);
  });
}

function callsOf({ answers = [] }: ConformanceCase): number {
  return answers.reduce((sum, { count }) => sum + count, 0);
}
