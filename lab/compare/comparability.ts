import type { Run } from "../experiments/run/run_schema.ts";

const NO_GUEST = "not a guest of the lab";

/**
 * Why the times of some runs must not be compared with each other, in sentences; empty if they may
 * be.
 *
 * Another processor or kernel is what comparisons are for. But emulation measures the emulator, and
 * another hypervisor makes another machine of the same processor: an interrupt that one delivers
 * itself is a trap into the other. So does a guest of the lab beside the host that it runs on, whose
 * hypervisor may bear the same name.
 */
export function timeBarriers(runs: readonly Run[]): string[] {
  const barriers: string[] = [];
  const emulated = runs.filter((run) => run.host.emulated);
  if (emulated.length > 0 && emulated.length < runs.length) {
    barriers.push(
      `${hostsOf(emulated)} is emulated and ${hostsOf(runs.filter((run) => !run.host.emulated))} ` +
        "is real: the times of one are those of its emulator",
    );
  } else if (emulated.length > 0) {
    barriers.push(
      `${hostsOf(emulated)} is emulated: its times are those of the emulator and mean nothing`,
    );
  }
  const hypervisors = distinct(runs, (run) => run.host.hypervisor ?? "no hypervisor");
  if (hypervisors.length > 1 && emulated.length === 0) {
    barriers.push(`the hypervisors differ: ${hypervisors.join(", ")}`);
  }
  const guests = distinct(
    runs,
    ({ host: { guest } }) => guest ? `${guest.cpuModel} by ${guest.accelerator}` : NO_GUEST,
  );
  if (guests.length > 1) {
    const what = guests.includes(NO_GUEST)
      ? "guests of the lab stand beside others"
      : "the guests' CPU models differ";
    barriers.push(`${what}: ${guests.join(", ")}`);
  }
  return barriers;
}

function hostsOf(runs: readonly Run[]): string {
  return distinct(runs, (run) => run.host.name).join(", ");
}

function distinct(runs: readonly Run[], value: (run: Run) => string): string[] {
  return [...new Set(runs.map(value))];
}
