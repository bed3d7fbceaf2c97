import { assertEquals } from "@std/assert";
import { RequestError } from "../../ffi/session.ts";
import type { Outcome } from "../format/attempt_schema.ts";
import { crashRefusal, NO_RESULT } from "./crash_refusal.ts";

function died(detail: string): RequestError {
  return new RequestError("worker-died", `Cannot run 'cost' on the core: ${detail}`, detail);
}

const CASES: readonly [string, RequestError, string, Outcome?][] = [
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
  [
    "signal",
    died("cost: the worker was killed by signal 31 (SIGSYS: a seccomp filter)"),
    "Cannot run 'cost' on the core: cost: the worker was killed by signal 31 (SIGSYS: a seccomp " +
    "filter)",
    "refused",
  ],
];

for (const [technique, error, reason, outcome = "failed"] of CASES) {
  Deno.test(`crashRefusal() of ${technique}: ${reason}`, () => {
    assertEquals(crashRefusal(technique, error), { outcome, reason, errno: null });
  });
}
