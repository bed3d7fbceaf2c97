/** Warnings of the newest run of each host. */

import type { HostView } from "../../lab/experiments/run/host_view.ts";
import type { Warning } from "../../lab/experiments/run/run_schema.ts";

/** A warning, and where it stands. */
export interface HostWarning extends Warning {
  readonly places: readonly { readonly host: string; readonly run: string }[];
}

/** Each warning once, with all hosts that have it; those that invalidate results first. */
export function newestWarnings(views: readonly HostView[]): HostWarning[] {
  const all = views.flatMap(({ label, runs }) => {
    const { id, warnings } = runs[0]!;
    return warnings.map((warning) => ({ warning, place: { host: label, run: id } }));
  });
  const groups = Map.groupBy(all, ({ warning }) => `${warning.code} ${warning.message}`);
  return [...groups.values()].map((members) => ({
    ...members[0]!.warning,
    places: members.map(({ place }) => place),
  })).toSorted((left, right) =>
    Number(right.invalidates) - Number(left.invalidates) || (left.code < right.code ? -1 : 1)
  );
}
