/** Where the time of one operation went. */

import { createRoute, z } from "@hono/zod-openapi";
import { type ExplainedOperation, worstOperations } from "../../traces/analysis/operations.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { Problem, unlessCancelled } from "../base/problem.ts";
import { traceProblems } from "./schemas.ts";
import { operationOf } from "../traces/operation_of.ts";
import { findTrace, type TraceRef } from "../base/trace_ref.ts";

/** How long the modules may take to gather what they need, in ms: once for each trace. */
const LIMIT_MS = 60_000;

const time = z.number().nullable();

const budgetSchema = z.object({
  slice: z.int().openapi({ description: "Number of the operation's slice in the trace's index" }),
  opId: z.string().openapi({ description: "Number of the operation in the capture" }),
  technique: z.string(),
  durationNs: z.number(),
  phases: z.array(z.object({ phase: z.string(), ns: z.number(), share: z.number() })).openapi({
    description: "Largest first; the shares sum to 1",
  }),
  culprit: z.string(),
  targets: z.array(z.object({
    cpu: z.int(),
    handler: z.string(),
    func: z.string().nullable(),
    match: z.string().nullable(),
    enterToSend: time,
    sendToEntry: time,
    handlerDur: time,
    exitToReturn: time,
    interruptedDur: time,
  })).openapi({ description: "CPUs that it interrupted; times in ns, null where none is shown" }),
});

const route = createRoute({
  method: "get",
  path: "/api/traces/{key}/budget/{slice}",
  summary: "Where the time of an operation went",
  request: {
    params: z.object({ key: z.string(), slice: z.string().regex(/^\d{1,10}$/) }),
  },
  responses: {
    200: {
      description: "Phases that follow one another without gap or overlap, and targets",
      content: { "application/json": { schema: budgetSchema } },
    },
    ...traceProblems({
      404: "There is no such trace, or the slice is no operation of it",
      408: "The client went away",
      413: "The trace is too large for the engine",
      422: "The trace cannot be read, or it takes too long or too much memory",
      502: "The engine has ended",
      503: "The trace's index is being made, or too many requests wait for an engine",
    }),
  },
});

/** Registers the budget of an operation. */
export function registerBudget(app: WebApp, context: WebContext): void {
  app.openapi(route, async (request) => {
    const { key, slice } = request.req.valid("param");
    const trace = findTrace(context, key);
    const opId = await operationOf(context, trace, Number(slice));
    const { technique, dur, budget, culprit, targets } = await explain(
      context,
      trace,
      opId,
      request.req.raw.signal,
    );
    return request.json({
      slice: Number(slice),
      opId: String(opId),
      technique,
      durationNs: dur,
      phases: [...budget],
      culprit,
      targets: [...targets],
    }, 200);
  });
}

async function explain(
  { engines }: WebContext,
  trace: TraceRef,
  opId: number,
  signal: AbortSignal,
): Promise<ExplainedOperation> {
  try {
    const [operation] = await engines.use(
      trace,
      (processor) => worstOperations(processor, { opId: BigInt(opId), limit: 1 }),
      { signal, limitMs: LIMIT_MS },
    );
    if (operation) return operation;
  } catch (error) {
    throw unlessCancelled(signal, error);
  }
  throw new Problem(404, `The trace has no operation #${opId}`, "load the page again");
}
