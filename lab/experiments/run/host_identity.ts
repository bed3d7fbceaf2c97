import type { Run } from "./run_schema.ts";

/** What tells machines apart: the name alone does not, every machine calls itself local. */
export function machineOf({ host, environment }: Run): string {
  return JSON.stringify([
    host.name,
    host.arch,
    host.emulated,
    host.hypervisor,
    host.translator?.name ?? null,
    host.cpus,
    textIn(environment["cpu"], "model"),
  ]);
}

/**
 * What tells hosts apart: a machine with a kernel.
 *
 * Two builds of one release may differ in a fix, and the command line decides how TLBs are flushed:
 * what one showed says nothing about the other.
 */
export function hostIdentity(run: Run): string {
  const kernel = run.environment["kernel"];
  return JSON.stringify([
    machineOf(run),
    run.host.kernel,
    textIn(kernel, "version"),
    textIn(kernel, "cmdline"),
    run.host.guest?.cpuModel ?? null,
  ]);
}

/** Environments are what some version of fencelab wrote: nothing in them is certain to be there. */
function textIn(part: unknown, key: string): string | null {
  if (typeof part !== "object" || part === null) return null;
  const value = (part as Record<string, unknown>)[key];
  return typeof value === "string" ? value : null;
}
