/** `lab run --dry-run`: what would be done, and the commands that would be started. */

import type { LabHost } from "../hosts/host.ts";
import type { Plan } from "../plan/plan.ts";
import { planSteps, survey } from "../plan/run_plan.ts";
import type { PlannedSteps } from "../plan/steps.ts";
import { printable } from "../text/printable.ts";
import { shellLine } from "../text/shell_line.ts";
import { print } from "./terminal.ts";

/**
 * Prints what a plan comes to on each host.
 *
 * Only this machine is asked what it is: steps on others depend on their CPUs, and to boot or to
 * reach them is what a dry run is meant to avoid.
 */
export async function dryRun(
  hosts: readonly LabHost[],
  plan: Plan,
  asJson: boolean,
): Promise<number> {
  for (const host of hosts) {
    const commands = (await host.commands()).map(shellLine);
    const steps = host.via === "local" ? await localSteps(host, plan) : null;
    if (asJson) {
      print(`${JSON.stringify({ host: host.name, commands, plan, ...steps })}\n`);
      continue;
    }
    print(describe(host, plan, steps));
    for (const command of commands) print(`  starts: ${printable(command)}\n`);
  }
  return 0;
}

async function localSteps(host: LabHost, plan: Plan): Promise<PlannedSteps> {
  await using connection = await host.open();
  return planSteps(plan, await survey(connection.session, host.name), host);
}

function describe(host: LabHost, plan: Plan, planned: PlannedSteps | null): string {
  const name = `Host ${printable(host.name)}`;
  if (planned === null) {
    const experiments = plan.experiments.map((one) => one.experiment).join(", ");
    return `${name}: ${experiments}; the steps depend on its CPUs\n`;
  }
  const { steps, leftOut } = planned;
  const total = steps.reduce((sum, step) => sum + step.seconds, 0);
  return [
    `${name}: ${steps.length} steps, about ${Math.ceil(total)} s`,
    ...steps.map((step) => `  ${step.label}`),
    ...leftOut.map(({ what, why }) => `  left out: ${what}: ${why}`),
    "",
  ].join("\n");
}
