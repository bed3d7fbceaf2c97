/** KTAP, version 1 (Documentation/dev-tools/ktap.rst of the kernel): what kernel CI systems read. */

import { printable } from "../../text/printable.ts";
import type { HostView } from "../../experiments/run/host_view.ts";
import type { Check } from "../../judgement/check.ts";
import { type Suite, suitesOf } from "./checks.ts";

/** The first lines, by which a file is known to be ours. */
export const KTAP_SIGNATURE = "KTAP version 1\n# fencelab.report/1\n";

/** All checks of some hosts, a subtest for each experiment on a host. */
export function renderKtap(hosts: readonly HostView[]): string {
  const suites = suitesOf(hosts);
  return [KTAP_SIGNATURE, `1..${suites.length}\n`, ...suites.map(suiteLines)].join("");
}

function suiteLines({ host, experiment, checks }: Suite, at: number): string {
  const name = described(`${host}: ${experiment}`);
  const lines = [
    "KTAP version 1",
    `# Subtest: ${name}`,
    `1..${checks.length}`,
    ...checks.flatMap(checkLines),
  ];
  const failed = checks.some(({ outcome }) => outcome === "failed");
  const skipped = checks.every(({ outcome }) => outcome === "skipped");
  const result = `${failed ? "not ok" : "ok"} ${at + 1} ${name}${
    skipped ? " # SKIP nothing could be decided" : ""
  }`;
  return [...lines.map((line) => `  ${line}\n`), `${result}\n`].join("");
}

function checkLines({ name, outcome, why, notable }: Check, at: number): string[] {
  const line = `${at + 1} ${described(name)}`;
  if (outcome === "skipped") return [`ok ${line} # SKIP ${described(why)}`];
  const comments = outcome === "failed" || notable ? [`# ${described(why)}`] : [];
  return [...comments, `${outcome === "failed" ? "not " : ""}ok ${line}`];
}

/** A number sign would begin a directive. */
function described(text: string): string {
  return printable(text).replaceAll("#", "%23").trim();
}
