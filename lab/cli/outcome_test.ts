import { assertEquals } from "@std/assert";

import type { Result } from "../run_schema.ts";
import { sampleCost, sampleRun } from "../schema/sample_run.ts";
import { outcomeOf } from "./outcome.ts";

function ordering(technique: string, verdict: string): Result {
  return {
    experiment: "ordering",
    technique,
    iterations: 20_000,
    weak: 3,
    power: 0.9,
    controls: {},
    evidence: {},
    verdict,
    observation: "Observation SB Sometimes 3 19997",
  } as Result;
}

function conformance(skipped: boolean): Result {
  const one = { name: "x", expected: "0", actual: "0", pass: !skipped, skipped, note: null };
  return { experiment: "conformance", cases: [one] };
}

const outcomes: [string, Result[], number][] = [
  ["a measurement", [sampleCost({ available: true, count: 5 })], 0],
  ["nothing but unavailable techniques", [sampleCost({ available: false, count: 0 })], 77],
  ["no sample kept", [sampleCost({ available: true, count: 0 })], 77],
  ["skipped cases alone", [conformance(true)], 77],
  ["a case", [conformance(false)], 0],
  ["nothing", [], 77],
  ["a promise broken", [sampleCost({ count: 5 }), ordering("signal", "not-ordered")], 2],
  ["no promise broken", [ordering("mprotect", "not-ordered")], 0],
  ["a promise kept", [ordering("signal", "ordered")], 0],
];

for (const [what, results, code] of outcomes) {
  Deno.test(`outcomeOf() is ${code} for ${what}`, () => {
    assertEquals(outcomeOf(sampleRun({ results })), code);
  });
}
