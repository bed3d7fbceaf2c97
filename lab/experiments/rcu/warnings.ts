/** Warnings about readers that held freed objects. */

import type { OwnWarning, OwnWarnings } from "../../judgement/own_warning.ts";
import type { RcuResult } from "./rcu_schema.ts";
import { staleFlavours } from "./stale.ts";

/** Warnings of the rcu experiment. */
export const rcuWarnings: OwnWarnings<RcuResult> = {
  W047: {
    reason: "grace periods ended too early although the order of both fences is documented",
    remedy:
      "Report it with the run: the processor, the hypervisor, the kernel or the lab is at fault",
    invalidates: true,
    findings: staleReaders(true),
  },
  W048: {
    reason: "it does not order readers here, which no documentation promised",
    remedy: "Do not build RCU on it; membarrier-private-expedited may do in its place",
    invalidates: false,
    findings: staleReaders(false),
  },
};

function staleReaders(promised: boolean): OwnWarning<RcuResult>["findings"] {
  return (results) =>
    staleFlavours(results).filter((one) => one.promised === promised).map(({ result }) =>
      `RCU flavour ${result.flavour} (${result.technique}): ${result.stale} readers held objects ` +
      "that had been freed"
    );
}
