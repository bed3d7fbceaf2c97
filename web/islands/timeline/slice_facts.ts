/** What is known of a slice, in words: for the island, and for the server where there are no scripts. */

import { formatCpuList } from "../../../lab/text/cpu_list.ts";
import { formatNs } from "../../../lab/text/units.ts";
import type { SliceDetails } from "../../../traces/index/answers.ts";
import { exactTime } from "./ticks.ts";

/** Details that are said otherwise. */
const ELSEWHERE = new Set(["technique", "thread"]);

/** What details are called. */
const TERMS: Readonly<Record<string, string>> = {
  operation: "Operation",
  kept: "Counts as a sample",
  sends: "Calls and interrupts sent",
  targets: "CPUs interrupted",
  incomplete: "End not recorded",
  match: "Sender found by",
};

function textOf(name: string, value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  // Of a large machine there may be hundreds
  return name === "targets" ? formatCpuList(String(value).split(",").map(Number)) : String(value);
}

/**
 * Terms and what is said of them.
 *
 * @param rowName Of the slice's row, as it can be shown.
 */
export function factsOf(
  { kind, beginNs, endNs, cpu, tid, details }: SliceDetails,
  rowName: string,
): [string, string][] {
  const facts: [string, string][] = [
    ["What", kind],
    ["Duration", formatNs(endNs - beginNs)],
    ["Begin", exactTime(beginNs)],
    ["End", exactTime(endNs)],
    ["Row", rowName],
  ];
  if (cpu !== null) facts.push(["CPU", String(cpu)]);
  if (tid !== null) facts.push(["Thread", String(tid)]);
  for (const [name, value] of Object.entries(details)) {
    if (value === null || value === "" || ELSEWHERE.has(name)) continue;
    facts.push([TERMS[name] ?? name, textOf(name, value)]);
  }
  return facts;
}
