import type { Run } from "./run_schema.ts";

/** What tells machines apart: the name alone does not, every machine calls itself local. */
export function machineOf({ host, environment }: Run): string {
  const cpu = environment["cpu"] as { model?: unknown } | undefined;
  return JSON.stringify([
    host.name,
    host.arch,
    host.emulated,
    host.hypervisor,
    host.cpus,
    cpu?.model ?? null,
  ]);
}

/** What tells hosts apart: a machine with a kernel. */
export function hostIdentity(run: Run): string {
  return `${machineOf(run)} ${run.host.kernel}`;
}
