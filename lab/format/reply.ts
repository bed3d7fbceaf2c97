/**
 * Checking what the core answers before anything relies on it.
 *
 * @module
 */
import type { z } from "zod";
import { printable } from "../text/printable.ts";

/** A reply of the core that does not have the agreed form. */
export class ReplyFormatError extends Error {
  override readonly name = "ReplyFormatError";

  constructor(what: string, where: string, problem: string, cause: unknown) {
    const remedy = "build the core and the agent from this version of fencelab";
    // The reply may come from another machine, and messages end up on a terminal.
    super(printable(`Cannot read the ${what} of '${where}': ${problem}. Remedy: ${remedy}`), {
      cause,
    });
  }
}

/**
 * Checks a reply of the core against its schema.
 *
 * @param schema The agreed form.
 * @param reply The reply, either JSON text as it came in the frame or the value parsed from it.
 * @param what What the reply states, for messages: "host facts".
 * @param where Which host answered, for messages: "local".
 * @returns The checked reply; keys the schema does not know are left out.
 * @throws {ReplyFormatError} If the text is not JSON or a value is missing or of the wrong kind.
 */
export function parseReply<Schema extends z.ZodType>(
  schema: Schema,
  reply: unknown,
  what: string,
  where: string,
): z.infer<Schema> {
  const result = schema.safeParse(
    typeof reply === "string" ? parseText(reply, what, where) : reply,
  );
  if (result.success) return result.data;
  const { issues } = result.error;
  const shown = issues.slice(0, 3).map(describeIssue).join("; ");
  const further = issues.length > 3 ? ` (and ${issues.length - 3} further faults)` : "";
  throw new ReplyFormatError(what, where, shown + further, result.error);
}

function parseText(text: string, what: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = `the reply is not JSON (${(error as Error).message})`;
    throw new ReplyFormatError(what, where, problem, error);
  }
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join(".");
  return path === "" ? issue.message : `${path}: ${issue.message}`;
}
