/** Why a request ended without a result, from what its process left. */

import { RequestError } from "../../ffi/session.ts";
import { USER_PREFIX } from "../format/techniques.ts";
import type { Refusal } from "./unavailable.ts";

/** Code of the error for a request that ended well and yet brought no result. */
export const NO_RESULT = "no-result";

/**
 * What stands in place of the result of a technique whose request failed.
 *
 * A filter that kills refuses. Whatever else ends a process, such as want of memory, says nothing of
 * the technique but that of a user, whose code runs in that process: its crash is told as its own. For
 * the lab's own techniques it is an error of the core, and said in the core's words.
 */
export function crashRefusal(technique: string | null, error: RequestError): Refusal {
  const [, number, name] = /killed by signal (\d+) \((\w+)/.exec(error.detail) ?? [];
  const outcome = name === "SIGSYS" ? "refused" : "failed";
  const own = technique?.startsWith(USER_PREFIX) ? wordsOfUser(error, name, number) : null;
  return { outcome, reason: own ?? error.message, errno: null };
}

function wordsOfUser({ code }: RequestError, name?: string, number?: string): string | null {
  if (code === NO_RESULT) return "the technique ended the process that measured it";
  if (name === "SIGALRM") return "the technique did not return in time (SIGALRM)";
  return name === undefined ? null : `the technique crashed: ${name} (signal ${number})`;
}
