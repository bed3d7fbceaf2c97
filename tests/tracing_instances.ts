/** Looking at the tracefs instances of the lab. */

import type { Process } from "./processes.ts";

/** Whether no instance is there that one of these processes made; its name holds its owner's id. */
export function noInstancesOf(family: readonly Process[]): boolean {
  return ![...Deno.readDirSync("/sys/kernel/tracing/instances")].some(({ name }) =>
    family.some(({ pid }) => name.startsWith(`fencelab-${pid}-`))
  );
}
