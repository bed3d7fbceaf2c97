import { formatCount } from "../../text/units.ts";
import { onCpus } from "../run/words.ts";
import type { RseqResult } from "./rseq_schema.ts";

/** What tells a result of rseq from others of its run: who is called for, and who is looked at. */
export function rseqSubject({ technique, role, aim, siblings }: RseqResult): string {
  const who = formatCount(siblings, role === "aimed" ? "sibling" : "bystander");
  return `${technique} for ${AIMS[aim]} (${who})`;
}

/** Where calls aim, in words. */
export const AIMS: Readonly<Record<RseqResult["aim"], string>> = {
  all: "all CPUs",
  sibling: "a sibling's CPU",
  caller: "the caller's CPU",
};

/** What a verdict holds for, in one sentence that stands wherever the verdict does. */
export function rseqHolds(
  { callerCpu, siblingCpus, role, why }: Omit<RseqResult, "holds">,
  kernel: string,
): string {
  const who = formatCount(siblingCpus.length, role === "aimed" ? "sibling" : "bystander");
  return `Linux ${kernel}, caller on CPU ${callerCpu}, ${who}${onCpus(siblingCpus)}: ${why}`;
}
