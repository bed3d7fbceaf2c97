/** One measurement that a technique may refuse, or end with: both are results. */

import { defined } from "../format/defined.ts";
import type * as z from "zod";

import { RequestError, type RequestOptions } from "../../ffi/session.ts";
import type { Capabilities } from "../environment/capabilities.ts";
import { parseReply } from "../format/reply.ts";
import { crashReason, NO_RESULT } from "./crash_reason.ts";
import type { Requests } from "./stall_guard.ts";
import { type Asked, unavailableResult } from "./unavailable.ts";

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

/**
 * Asks for a measurement. One that is refused, or crashes, is a result, too.
 *
 * @param schema What comes of it; where it has a histogram, that comes beside the reply.
 * @param known What a result that could not be had says besides what was asked for.
 * @throws {SessionError} If the core ends; {RequestError} if it does not understand the request;
 * {ReplyFormatError} if its reply is not one.
 */
export async function attempt<Schema extends z.ZodObject>(
  session: Requests,
  kind: string,
  asked: Asked,
  { capabilities, ...options }: StepOptions,
  schema: Schema,
  known: Readonly<Record<string, unknown>> = {},
): Promise<z.infer<Schema>> {
  const { technique } = asked;
  const refused = capabilities.techniques.find(({ id, available }) =>
    id === technique && !available
  );
  if (refused) {
    // A filter that kills would take the worker along: what the probe saw refused is not tried again
    const { reason, errno } = refused;
    return unavailableResult(schema, asked, { reason: reason ?? "it is refused", errno }, known);
  }
  try {
    return await ask(session, kind, asked, options, schema);
  } catch (error) {
    if (!(error instanceof RequestError) || error.code === "bad-request") throw error;
    const refusal = { reason: crashReason(technique, error), errno: null };
    return unavailableResult(schema, asked, refusal, known);
  }
}
