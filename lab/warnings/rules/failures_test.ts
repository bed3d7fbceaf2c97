import { assertEquals } from "@std/assert";

import { factsOf } from "../../environment/testdata/fixtures.ts";
import { sampleRcu } from "../../testdata/sample_rcu.ts";
import { sampleCapture, sampleCaptured } from "../../testdata/sample_run.ts";
import { cost, testCases, type WarningCases, warningsOf } from "../testdata/warning_cases.ts";
import type { FAILURE_RULES } from "./failures.ts";

const facts = factsOf("kvm");
const failed = { available: false, outcome: "failed", reason: "EINVAL" } as const;
const refused = { available: false, outcome: "refused", reason: "mlock: ENOMEM" } as const;

const CASES: WarningCases<keyof typeof FAILURE_RULES> = {
  W050: {
    on: [
      { facts, results: [cost(failed)] },
      { facts, results: [cost({ registerFailed: "no second thread" })] },
      { facts, results: [sampleRcu(failed)] },
      { facts, results: [sampleCapture({ techniques: [sampleCaptured(failed)] })] },
      // As older cores said it
      { facts, results: [sampleRcu({ available: false, reason: "the threads cannot start: E" })] },
    ],
    off: [
      { facts },
      { facts, results: [cost(refused), cost(), sampleRcu(refused)] },
      { facts, results: [cost({ registerFailed: null })] },
    ],
  },
};

testCases(CASES);

Deno.test("W050 names what failed, once for each reason", () => {
  const results = [
    cost({ ...failed, technique: "munmap" }),
    cost({ ...failed, technique: "munmap", siblings: 2 }),
    cost({ ...failed, technique: "signal" }),
    cost({ ...failed, reason: "the heavy call failed: EINTR" }),
  ];
  const messages = warningsOf({ facts, results }).filter(({ code }) => code === "W050")
    .map(({ message }) => message.split(": nothing was measured")[0]);
  assertEquals(messages, [
    "3 measurements failed (EINVAL): cost munmap, cost signal",
    "1 measurement failed (the heavy call failed: EINTR): cost mprotect",
  ]);
});
