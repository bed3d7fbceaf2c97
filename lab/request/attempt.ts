/** One measurement that a technique may refuse, or end with: both are results. */

import { defined } from "../format/defined.ts";
import type * as z from "zod";

import { RequestError, type RequestOptions } from "../../ffi/session.ts";
import type { Capabilities } from "../environment/capabilities.ts";
import { type attemptShape, outcomeOf } from "../format/attempt_schema.ts";
import { parseReply, ReplyFormatError } from "../format/reply.ts";
import { USER_PREFIX } from "../format/techniques.ts";
import { crashRefusal, NO_RESULT } from "./crash_refusal.ts";
import type { Requests } from "./stall_guard.ts";
import { type Asked, type Refusal, unavailableResult } from "./unavailable.ts";

/** What accompanies a step. */
export interface StepOptions extends Pick<RequestOptions, "onProgress" | "onHistogram" | "signal"> {
  readonly capabilities: Capabilities;
}

/**
 * Asks for something that is not refused: it has an answer on every host.
 *
 * @param schema What comes of it; where it has a histogram, that comes beside the reply.
 * @throws {SessionError} If the core ends; {RequestError} if it fails; {ReplyFormatError} if its
 * reply is not one.
 */
export async function ask<Schema extends z.ZodObject>(
  session: Requests,
  kind: string,
  { label, parameters }: Pick<Asked, "label" | "parameters">,
  { onProgress, onHistogram, signal }: Omit<StepOptions, "capabilities">,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const [reply] = await session.request(kind, parameters, {
    ...defined({ onProgress, onHistogram, signal }),
  });
  if (!reply) {
    throw new RequestError(NO_RESULT, `Cannot run '${label}': the core sent no result`);
  }
  const { result, histogram } = reply;
  const whole = "histogram" in schema.shape ? { ...result, histogram } : result;
  return parseReply(schema, whole, "result", label);
}

/** What the schema of an attempt's result has in any case. */
export type AttemptSchema = z.ZodObject<typeof attemptShape>;

/**
 * Asks for a measurement. One that is refused, fails or crashes is a result, too.
 *
 * @param schema What comes of it; where it has a histogram, that comes beside the reply.
 * @param known What a result that could not be had says besides what was asked for.
 * @throws {SessionError} If the core ends; {RequestError} if it does not understand the request;
 * {ReplyFormatError} if its reply is not one.
 */
export async function attempt<Schema extends AttemptSchema>(
  session: Requests,
  kind: string,
  asked: Asked,
  { capabilities, ...options }: StepOptions,
  schema: Schema,
  known: Readonly<Record<string, unknown>> = {},
): Promise<z.infer<Schema>> {
  const { technique } = asked;
  const probed = refusalOf(capabilities, technique);
  if (probed !== null) return unavailableResult(schema, asked, probed, known);
  try {
    const result = await ask(session, kind, asked, options, schema);
    if (result.outcome !== undefined) return result;
    throw new ReplyFormatError("result", asked.label, "outcome: it says none", null);
  } catch (error) {
    if (!(error instanceof RequestError) || error.code === "bad-request") throw error;
    return unavailableResult(schema, asked, crashRefusal(technique, error), known);
  }
}

/** What the probe saw of a technique that is not to be tried again; null: it is to be tried. */
function refusalOf({ techniques }: Capabilities, technique: string | null): Refusal | null {
  const probed = techniques.find(({ id, available }) => id === technique && !available);
  if (probed === undefined) return null;
  const outcome = outcomeOf(probed);
  // A filter that kills would take the worker along, and so may code of the user's, or never return.
  // What merely failed in the probe may work now
  if (outcome === "measured" || (outcome === "failed" && !technique?.startsWith(USER_PREFIX))) {
    return null;
  }
  return { outcome, reason: probed.reason ?? "it is refused", errno: probed.errno };
}
