/** What stands beside a verdict about ordering: interrupts, the witness, what clogging costs. */

import { z } from "zod";
import type { OrderingCounts, OrderingResult } from "./ordering_schema.ts";

/** null: not measured, or the run does not say it in a way that this fencelab understands. */
const amount = z.number().nullable().catch(null);

const evidenceSchema = z.object({
  interruptsPerOp: amount,
  /** Share of operations of which the light side's witness noticed that the kernel was entered … */
  witness: amount,
  /** … and the same of a delay as long, where nobody enters it. */
  witnessOfDelay: amount,
  witnessBy: z.string().nullable().catch(null),
  /** Median of one call, and the same while the light side's store buffer is full, ns. */
  costNs: amount,
  cloggedNs: amount,
  costRiseNs: amount,
});

/** Evidence beside a verdict. */
export type Evidence = z.infer<typeof evidenceSchema>;

/** The evidence of a result, of whatever version of fencelab. */
export function evidenceOf({ evidence }: Pick<OrderingResult, "evidence">): Evidence {
  return evidenceSchema.parse(evidence);
}

/** The evidence that counts give. */
export function evidenceFrom(counts: OrderingCounts): Evidence {
  const { costNs, cloggedNs } = counts;
  return {
    interruptsPerOp: counts.interruptsPerOp,
    witness: shareOf(counts.witness),
    witnessOfDelay: shareOf(counts.background),
    witnessBy: counts.witnessBy,
    costNs,
    cloggedNs,
    costRiseNs: costNs === null || cloggedNs === null ? null : cloggedNs - costNs,
  };
}

function shareOf(share: OrderingCounts["witness"]): number | null {
  return share === null || share.samples === 0 ? null : share.hits / share.samples;
}

/** Delays that were not caught as often as the delays that they were measured by. */
export function unlikeIn({ controls }: Pick<OrderingResult, "controls">): string[] {
  return z.array(z.string()).catch([]).parse(controls["unlike"]);
}

/** How often each control that must fail did so, by technique; as far as the run says it. */
export function mustFailRates({ controls }: Pick<OrderingResult, "controls">): Map<string, number> {
  const parsed = ratesSchema.parse(controls["mustFail"]);
  return new Map(Object.entries(parsed));
}

const ratesSchema = z.record(z.string(), z.coerce.number()).catch({});
