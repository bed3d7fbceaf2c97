/**
 * Which CPUs of this machine run a guest's.
 *
 * Each virtual CPU is a thread of QEMU. Left alone, the scheduler moves them about and one
 * starves another that waits for it: 32 turns in 0.4 s, against 15 000 in 0.6 s when each has
 * a CPU of its own.
 */

import { parseCpuList } from "../../text/cpu_list.ts";
import { HostError } from "../../format/host_error.ts";

/** Runs util-linux's taskset. @throws {HostError} If it is not there or refuses. */
async function taskset(...args: string[]): Promise<string> {
  try {
    const { success, stdout, stderr } = await new Deno.Command("taskset", { args }).output();
    if (success) return new TextDecoder().decode(stdout);
    throw new Error(new TextDecoder().decode(stderr).trim());
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HostError(
      `Cannot pin a guest's CPUs: 'taskset ${args.join(" ")}' failed (${why}). ` +
        "Remedy: apt-get install util-linux; with host-cpus= name CPUs that this process may use",
      { cause },
    );
  }
}

/** CPUs that this process may run on. */
export async function ownCpus(): Promise<number[]> {
  // "pid 123's current affinity list: 0,2-5"
  const text = await taskset("-pc", String(Deno.pid));
  return parseCpuList(text.slice(text.lastIndexOf(":") + 1).trim());
}

/** The CPU for each of `count` virtual CPUs: in turn, so that two share one only where they must. */
export function assignCpus(count: number, cpus: readonly number[]): number[] {
  return Array.from({ length: count }, (_, at) => cpus[at % cpus.length]!);
}

/** Pins threads, each to its CPU. */
export async function pinThreads(
  threads: readonly number[],
  cpus: readonly number[],
): Promise<void> {
  const assigned = assignCpus(threads.length, cpus);
  for (const [at, thread] of threads.entries()) {
    await taskset("-pc", String(assigned[at]), String(thread));
  }
}
