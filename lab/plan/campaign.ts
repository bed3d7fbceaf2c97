/** A plan on several hosts: side by side where they do not disturb each other. */

import type { LabHost, Occupied } from "../hosts/host.ts";

/** What became of one host. */
export type HostOutcome<T> =
  | { readonly host: LabHost; readonly value: T }
  | { readonly host: LabHost; readonly error: unknown };

/** Whether two hosts would compete for CPUs. */
export function competes(a: Occupied, b: Occupied): boolean {
  if (a.machine !== b.machine) return false;
  if (a.cpus === null || b.cpus === null) return true;
  return a.cpus.some((cpu) => b.cpus!.includes(cpu));
}

/**
 * Works on hosts, in their order as far as they compete, else at the same time.
 *
 * A host that fails does not keep others from being worked on.
 *
 * @param signal Once it aborts, no further host is begun.
 * @returns What became of each, in the order of the hosts; those not begun are left out.
 */
export async function onHosts<T>(
  hosts: readonly LabHost[],
  work: (host: LabHost) => Promise<T>,
  signal?: AbortSignal,
): Promise<HostOutcome<T>[]> {
  const outcomes = new Map<LabHost, HostOutcome<T>>();
  const waiting = new Set(hosts);
  const running = new Map<LabHost, Promise<void>>();
  while ((waiting.size > 0 && !signal?.aborted) || running.size > 0) {
    for (const host of signal?.aborted ? [] : startable(waiting, running)) {
      waiting.delete(host);
      running.set(
        host,
        work(host).then(
          (value) => void outcomes.set(host, { host, value }),
          (error: unknown) => void outcomes.set(host, { host, error }),
        ).finally(() => running.delete(host)),
      );
    }
    await Promise.race(running.values());
  }
  return hosts.flatMap((host) => outcomes.get(host) ?? []);
}

/** Hosts that compete with none that runs, nor with one that waits before them. */
function startable(
  waiting: ReadonlySet<LabHost>,
  running: ReadonlyMap<LabHost, unknown>,
): LabHost[] {
  const before = [...running.keys()];
  const chosen: LabHost[] = [];
  for (const host of waiting) {
    if (!before.some((other) => competes(host.occupies, other.occupies))) chosen.push(host);
    before.push(host);
  }
  return chosen;
}
