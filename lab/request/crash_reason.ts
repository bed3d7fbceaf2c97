/** Why a technique that a user brought could not be measured, from what its process left. */

import { RequestError } from "../../ffi/session.ts";
import { USER_PREFIX } from "../format/techniques.ts";

/** Code of the error for a request that ended well and yet brought no result. */
export const NO_RESULT = "no-result";

/**
 * The reason for a result of a technique whose request failed.
 *
 * A crash of the user's code is a result of that technique. For the lab's own techniques it is an
 * error of the core, and said in the core's words.
 */
export function crashReason(technique: string | null, error: RequestError): string {
  if (!technique?.startsWith(USER_PREFIX)) return error.message;
  if (error.code === NO_RESULT) return "the technique ended the process that measured it";
  const [, number, name] = /killed by signal (\d+) \((\w+)\)/.exec(error.detail) ?? [];
  if (name === "SIGALRM") return "the technique did not return in time (SIGALRM)";
  return name ? `the technique crashed: ${name} (signal ${number})` : error.message;
}
