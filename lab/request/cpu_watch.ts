/** Notices CPUs that come or go while steps run. */

import { z } from "zod";

import { RequestError } from "../../ffi/session.ts";
import type { CpuChange } from "../environment/environment.ts";
import type { HostFacts } from "../environment/facts.ts";
import { parseReply } from "../format/reply.ts";
import { formatCpuList } from "../text/cpu_list.ts";
import type { Requests } from "./stall_guard.ts";

const cpusSchema = z.object({
  online: z.array(z.int().nonnegative()),
  allowed: z.array(z.int().nonnegative()),
});

/** Compares the CPUs after each step with those before it. */
export class CpuWatch {
  readonly changes: CpuChange[] = [];
  #known: Pick<HostFacts, "online" | "allowed">;

  /** @param facts The CPUs that the steps were planned for. */
  constructor(facts: Pick<HostFacts, "online" | "allowed">) {
    this.#known = facts;
  }

  /**
   * Looks again, after a step.
   *
   * @param step What ran since the last look.
   * @throws {SessionError} If the core ends; {ReplyFormatError} if its reply is not one.
   */
  async look(session: Requests, step: string): Promise<void> {
    const found = await askCpus(session, step);
    if (found === null) return;
    for (const which of ["online", "allowed"] as const) {
      const [before, after] = [this.#known[which], found[which]].map(formatCpuList);
      if (before !== after) this.changes.push({ step, which, before: before!, after: after! });
    }
    this.#known = found;
  }
}

/** `null` where it cannot be told: want of memory ends this process like any other. */
async function askCpus(
  session: Requests,
  step: string,
): Promise<Pick<HostFacts, "online" | "allowed"> | null> {
  try {
    const [reply] = await session.request("cpus");
    const { online, allowed } = parseReply(cpusSchema, reply?.result, "CPUs", step);
    // As in host facts: where /sys is hidden, the CPUs that may be used stand in
    return { online: online.length > 0 ? online : allowed, allowed };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return null;
  }
}
