/** Looking at the tracefs instances of the lab. */

import { type Process, processes } from "./processes.ts";

/** Whether no instance is there that one of these processes made; its name holds its owner's id. */
export function noInstancesOf(family: readonly Process[]): boolean {
  return ![...Deno.readDirSync("/sys/kernel/tracing/instances")].some(({ name }) =>
    family.some(({ pid }) => name.startsWith(`fencelab-${pid}-`))
  );
}

/** Instances of the lab whose owner, whose id stands in their names, has ended. */
export function orphanedInstances(): string[] {
  const there = new Set(processes().map(({ pid }) => pid));
  return [...Deno.readDirSync("/sys/kernel/tracing/instances")].map(({ name }) => name)
    .filter((name) => !there.has(Number(/^fencelab-(\d+)-\d+$/.exec(name)?.[1] ?? Deno.pid)));
}
