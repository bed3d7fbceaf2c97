/** Runs the arrangements of the ordering experiment and keeps what they count. */

import type { RequestParameters } from "../../../ffi/session.ts";
import { parseReply } from "../../format/reply.ts";
import {
  type OrderingCounts,
  orderingCountsSchema,
  type OrderingResult,
} from "./ordering_schema.ts";
import { attempt, type StepOptions } from "../../request/attempt.ts";
import type { Requests } from "../../request/stall_guard.ts";
import type { Arrangement } from "./arrangements.ts";
import { concludeOrdering, type Counted } from "./conclude.ts";

/** One request of the experiment. */
export interface OrderingStep {
  readonly label: string;
  readonly arrangement: Arrangement;
  readonly parameters: RequestParameters;
}

/** The technique whose cost the mutant that orders nothing imitates. */
const IMITATED = "membarrier-private-expedited";

/** All arrangements of one run; verdicts need them all. */
export class OrderingRun {
  #counted: Counted[] = [];

  /**
   * Runs one arrangement. A technique that is refused or crashes is a result, too.
   *
   * @throws {SessionError} If the core ends; {ReplyFormatError} if its reply is not one.
   */
  async run(session: Requests, step: OrderingStep, options: StepOptions): Promise<void> {
    const { label, arrangement } = step;
    const asked = { label, technique: arrangement.technique, parameters: this.#parameters(step) };
    const counts = await attempt(session, "ordering", asked, options, {
      of: ({ result }) => parseReply(orderingCountsSchema, result, "result", label),
      unavailable: (reason, errno) => nothing(step, reason, errno),
    });
    this.#counted.push({ arrangement, counts });
  }

  /** The results of all arrangements so far. */
  conclude(): OrderingResult[] {
    return concludeOrdering(this.#counted);
  }

  #parameters({ arrangement, parameters }: OrderingStep): RequestParameters {
    if (arrangement.technique !== "mutant-noop") return parameters;
    const model = this.#counted.find((one) => one.arrangement.technique === IMITATED);
    return { ...parameters, "delay-ns": Math.round(model?.counts.costNs ?? 10_000) };
  }
}

/** Counts of something that did not run. */
function nothing(
  { arrangement, parameters }: OrderingStep,
  reason: string,
  errno: string | null,
): OrderingCounts {
  const none = { iterations: 0, weak: 0, missed: 0, lightPeriodNs: null };
  return parseReply(
    orderingCountsSchema,
    {
      technique: arrangement.technique,
      shape: parameters["shape"] ?? "sb",
      relation: parameters["relation"] ?? "thread",
      habit: parameters["habit"] ?? "spin",
      light: parameters["light"] ?? "barrier",
      callerCpu: parameters["caller-cpu"],
      siblingCpu: parameters["sibling-cpu"],
      available: false,
      reason,
      errno,
      starved: false,
      counts: none,
      delay: none,
      clog: { kind: "none", count: 0 },
      calibration: { delayNs: 0, trials: [] },
      costNs: null,
      costAfterNs: null,
      cloggedNs: null,
      interruptsPerOp: null,
      preempted: 0,
      witnessBy: "",
      witness: null,
      background: null,
      priority: "none",
      seconds: 0,
    },
    "result",
    arrangement.name,
  );
}
