/** Runs the ordering experiment and keeps what it counts; verdicts need all of it. */

import type { RequestParameters } from "../../../ffi/session.ts";
import type { TestedHost } from "../../judgement/result_kind.ts";
import { ask, attempt } from "../../request/attempt.ts";
import type { Requests } from "../../request/stall_guard.ts";
import type { Around, Made, Running } from "../experiment.ts";
import { concludeOrdering, type Counted } from "./conclude.ts";
import type { OrderingStep } from "./ordering_plan.ts";
import {
  type OrderingCounts,
  orderingCountsSchema,
  type OrderingResult,
} from "./ordering_schema.ts";
import { shapesSchema } from "./shapes_schema.ts";
import { forbiddenIn } from "./verdict.ts";

/** The technique whose cost the mutant that orders nothing imitates. */
const IMITATED = "membarrier-private-expedited";

/** How often a process is made anew whose address space the sibling's CPU did not keep … */
const LUCK = 20;

/** … and how many that were kept are tested until one shows something. */
const KEPT = 3;

/** Counts until a registration was lazy, and then showed something: luck, where others run. */
async function withLuck(count: () => Promise<OrderingCounts>): Promise<OrderingCounts> {
  let counts = await count();
  for (let again = 0, kept = 0; again < LUCK; again++) {
    if ((counts.kept ?? null) === null || forbiddenIn(counts) > 0) break;
    if (counts.kept === "kept" && ++kept === KEPT) break;
    counts = await count();
  }
  return counts;
}

/** All arrangements of one run. */
export class OrderingRun implements Running<OrderingStep> {
  #counted: Counted[] = [];

  /** Runs one arrangement, or the shapes. A technique that is refused or crashes is a result, too. */
  async run(session: Requests, step: OrderingStep, around: Around): Promise<Made> {
    const { arrangement, label, technique } = step;
    if (arrangement === undefined) {
      return { results: [await ask(session, step.kind, step, around, shapesSchema)] };
    }
    const asked = { label, technique, parameters: this.#parameters(step) };
    const count = (): Promise<OrderingCounts> =>
      attempt(session, step.kind, asked, around, orderingCountsSchema, {
        light: step.parameters["light"] ?? "barrier",
      });
    this.#counted.push({ arrangement, counts: await withLuck(count) });
    return { results: [] };
  }

  /** The results of all arrangements so far. */
  conclude({ kernel }: TestedHost): OrderingResult[] {
    return concludeOrdering(this.#counted, kernel);
  }

  #parameters({ technique, parameters }: OrderingStep): RequestParameters {
    if (technique !== "mutant-noop") return parameters;
    const model = this.#counted.find((one) => one.arrangement.technique === IMITATED);
    return { ...parameters, "delay-ns": Math.round(model?.counts.costNs ?? 10_000) };
  }
}
