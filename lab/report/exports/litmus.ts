/** The lines that litmus7 would print, for tools of its kind and for grep. */

import { printable } from "../../text/printable.ts";
import { kindOf } from "../../experiments/experiments.ts";
import type { HostView } from "../../experiments/run/host_view.ts";

/** How the first line begins, by which a file is known to be ours. */
export const LITMUS_SIGNATURE = "% fencelab.report/1: observations as litmus7 prints them\n";

/** The observations of ordering and of litmus shapes, host by host. */
export function renderLitmus(hosts: readonly HostView[]): string {
  return LITMUS_SIGNATURE + hosts.map(({ label, run: { host, results } }) => {
    const observations = results.flatMap((result) => kindOf(result).observations(result));
    const kind = host.emulated ? ", emulated" : "";
    const heading = `% host ${label}: ${host.arch}, Linux ${host.kernel}${kind}`;
    return observations.length === 0
      ? ""
      : [heading, ...observations].map((line) => `${printable(line)}\n`).join("");
  }).join("");
}
