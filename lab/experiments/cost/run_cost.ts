/** Runs the cost experiment: measurements, and what registering costs. */

import * as z from "zod";

import { attemptShape } from "../../format/attempt_schema.ts";
import { attempt } from "../../request/attempt.ts";
import type { Requests } from "../../request/stall_guard.ts";
import type { Around, Made, Running } from "../experiment.ts";
import type { Step } from "../step.ts";
import { type CostResult, costSchema } from "./cost_schema.ts";

/** What registering costs, as the core answers. */
const registering = z.looseObject({
  ...attemptShape,
  technique: costSchema.shape.technique,
  registerNs: costSchema.shape.registerNs,
});

/** The measurements of one run. */
export class CostRun implements Running {
  readonly #results: CostResult[] = [];

  async run(session: Requests, step: Step, around: Around): Promise<Made> {
    if (step.kind === "registration") return await this.#register(session, step, around);
    const { parameters } = step;
    const result = await attempt(session, "cost", step, around, costSchema, {
      experiment: "cost",
      callers: (parameters["caller-cpus"] as number[]).length,
      siblings: (parameters["sibling-cpus"] as number[]).length,
    });
    this.#results.push(result);
    return { results: [result] };
  }

  conclude(): [] {
    return [];
  }

  /** The cost of registering stands with the technique's first result, which is told of again. */
  async #register(session: Requests, step: Step, around: Around): Promise<Made> {
    const registered = await attempt(session, step.kind, step, around, registering);
    const result = this.#results.find(({ technique }) => technique === registered.technique);
    if (result === undefined) return { results: [] };
    result.registerNs = registered.registerNs;
    // A refusal is told by the result itself
    result.registerFailed = registered.outcome === "failed" ? registered.reason : null;
    return { results: [result] };
  }
}
