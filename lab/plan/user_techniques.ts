/** Techniques of the user's own in a plan. */

import { experimentOf } from "../experiments/experiments.ts";
import { USER_PREFIX, userTechniqueId } from "../format/techniques.ts";
import { type Plan, PlanError } from "./plan.ts";

/**
 * A plan in which techniques of the user's own are tried, too.
 *
 * @param names Those that there are sources for.
 * @throws {PlanError} If the plan names one without a source.
 */
export function withUserTechniques(plan: Plan, names: readonly string[]): Plan {
  const own = names.map(userTechniqueId);
  const added = plan.experiments.map((one) => {
    if (!("techniques" in one)) return one;
    refuseOthers(one.techniques, own);
    if (!experimentOf(one).anyFence) return one;
    return { ...one, techniques: [...new Set([...one.techniques, ...own])] };
  });
  return { ...plan, experiments: added };
}

function refuseOthers(techniques: readonly string[], own: readonly string[]): void {
  const lacking = techniques.find((id) => id.startsWith(USER_PREFIX) && !own.includes(id));
  if (lacking === undefined) return;
  throw new PlanError(
    `Cannot use the technique '${lacking}': no source for it is named. ` +
      `Remedy: --technique-source ${lacking.slice(USER_PREFIX.length)}.c`,
  );
}
