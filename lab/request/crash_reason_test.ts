import { assertEquals } from "@std/assert";
import { RequestError } from "../../ffi/session.ts";
import { crashReason, NO_RESULT } from "./crash_reason.ts";

function died(detail: string): RequestError {
  return new RequestError("worker-died", `Cannot run 'cost' on the core: ${detail}`, detail);
}

const CASES: readonly [string, RequestError, string][] = [
  [
    "user:mine",
    died("cost: the worker was killed by signal 11 (SIGSEGV)"),
    "the technique crashed: SIGSEGV (signal 11)",
  ],
  [
    "user:mine",
    died("cost: the worker was killed by signal 14 (SIGALRM)"),
    "the technique did not return in time (SIGALRM)",
  ],
  [
    "user:mine",
    new RequestError(NO_RESULT, "x"),
    "the technique ended the process that measured it",
  ],
  [
    "user:mine",
    died("cost: the worker left a broken frame"),
    "Cannot run 'cost' on the core: cost: the worker left a broken frame",
  ],
  [
    "munmap",
    died("cost: the worker was killed by signal 9 (SIGKILL)"),
    "Cannot run 'cost' on the core: cost: the worker was killed by signal 9 (SIGKILL)",
  ],
];

for (const [technique, error, reason] of CASES) {
  Deno.test(`crashReason() of ${technique}: ${reason}`, () => {
    assertEquals(crashReason(technique, error), reason);
  });
}
