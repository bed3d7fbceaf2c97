/** The result of a measurement that could not be made, derived from the schema of those that were. */

import * as z from "zod";
import type { RequestParameters } from "../../ffi/session.ts";
import type { Outcome } from "../format/attempt_schema.ts";
import { parseReply } from "../format/reply.ts";

/** What was asked for in vain. */
export interface Asked {
  readonly label: string;
  readonly technique: string | null;
  readonly parameters: RequestParameters;
}

/** Why there is nothing. */
export interface Refusal {
  readonly outcome: Exclude<Outcome, "measured">;
  readonly reason: string;
  /** Name of the error, such as EPERM, where a system call gave one. */
  readonly errno: string | null;
}

/**
 * The result of something that did not run: nothing was counted, no time was measured.
 *
 * What was asked for is taken over where the schema has it by the same name: `caller-cpus` of the
 * request is `callerCpus` of the result. Where nothing of a kind is to be said, counts are 0, lists
 * are empty, what may be null is, and of a choice "none" is taken, else its first.
 *
 * @param known What follows from neither, or is called in the request what it is not in the
 * result: a number of turns that were asked for, and of those that were made. It counts most.
 */
export function unavailableResult<Schema extends z.ZodObject>(
  schema: Schema,
  { label, technique, parameters }: Asked,
  refusal: Refusal,
  known: Readonly<Record<string, unknown>> = {},
): z.infer<Schema> {
  const asked: Record<string, unknown> = {};
  const said: Record<string, unknown> = { technique, ...parameters };
  for (const [name, value] of Object.entries(said)) {
    const key = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    if (!Object.hasOwn(schema.shape, key)) continue;
    asked[key] = schema.shape[key] instanceof z.ZodBoolean ? value === 1 : value;
  }
  const nothing = { ...nothingOf(schema) as object, ...asked, ...known };
  return parseReply(schema, { ...nothing, available: false, ...refusal }, "result", label);
}

/** What a schema takes for nothing. */
function nothingOf(schema: z.core.$ZodType): unknown {
  if (schema instanceof z.ZodObject) {
    const members = Object.entries(schema.shape)
      .filter(([, member]) => !mayBeLeftOut(member))
      .map(([key, member]) => [key, nothingOf(member)]);
    return Object.fromEntries(members);
  }
  if (schema instanceof z.ZodNullable) return null;
  if (schema instanceof z.ZodDefault) return schema.def.defaultValue;
  if (schema instanceof z.ZodArray) return [];
  if (schema instanceof z.ZodBoolean) return false;
  if (schema instanceof z.ZodNumber) return schema.safeParse(0).success ? 0 : 1;
  if (schema instanceof z.ZodString) return schema.safeParse("").success ? "" : "none";
  if (schema instanceof z.ZodLiteral) return schema.value;
  if (schema instanceof z.ZodEnum) {
    return schema.options.includes("none") ? "none" : schema.options[0];
  }
  throw new TypeError(`There is no nothing of type '${schema._zod.def.type}'`);
}

/** Zod counts members with a default among them, too. */
function mayBeLeftOut(schema: z.core.$ZodType): boolean {
  return schema._zod.optin === "optional" && !(schema instanceof z.ZodDefault);
}
