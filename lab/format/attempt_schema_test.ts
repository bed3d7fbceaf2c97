import { assertEquals } from "@std/assert";

import { type Outcome, outcomeOf } from "./attempt_schema.ts";

const OLD: readonly [string | null, Outcome][] = [
  ["mlock: ENOMEM", "refused"],
  ["a seccomp filter forbids membarrier (QUERY): EPERM", "refused"],
  ["membarrier QUERY: ENOSYS", "refused"],
  ["killed by signal 31 (SIGSYS: a seccomp filter)", "refused"],
  [null, "refused"],
  ["the crew's threads cannot start: EINVAL", "failed"],
  ["the threads cannot be placed: EINVAL", "failed"],
  ["a thread did not get to run or to answer: ETIMEDOUT", "failed"],
  ["the heavy call failed: EINTR", "failed"],
  ["the victim did not get to run or to answer: ETIMEDOUT", "failed"],
  ["killed by SIGKILL: the technique did not return, or memory ran out", "failed"],
  ["Cannot run 'cost' on the core: cost: the worker was killed by signal 9 (SIGKILL)", "failed"],
  ["EINVAL", "failed"],
];

Deno.test("outcomeOf() tells failures that older runs stored as refusals", () => {
  for (const [reason, outcome] of OLD) {
    assertEquals(outcomeOf({ available: false, reason }), outcome, `${reason}`);
  }
  assertEquals(outcomeOf({ available: true, reason: null }), "measured");
  assertEquals(outcomeOf({ available: true, reason: "a side did not get to run" }), "measured");
});

Deno.test("outcomeOf() believes what a run says itself", () => {
  const said = { available: false, reason: "the heavy call failed: EPERM" };
  assertEquals(outcomeOf({ ...said, outcome: "refused" }), "refused");
});
