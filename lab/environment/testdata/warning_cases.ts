/**
 * Tests of warnings as tables: hosts that trigger a warning, and hosts near by that do not.
 *
 * @module
 */
import { assert } from "@std/assert";
import type { Capabilities } from "../capabilities.ts";
import { environmentOf, withLoadAfter } from "../environment.ts";
import type { HostFacts } from "../facts.ts";
import type { WarningCode } from "../../warnings/warning_catalogue.ts";
import { type HostWarning, warningsFor } from "../../warnings/warnings.ts";
import { allCapabilities, factsOf, type FixtureName, withFiles } from "./fixtures.ts";

/** A host to derive warnings from, with what differs from a capable one that has not run yet. */
export type WarningCase = {
  facts: HostFacts;
  capabilities?: Partial<Capabilities>;
  /** Load average of one minute after the run. */
  loadAfter?: string;
  results?: unknown[];
  emulated?: boolean;
};

/** For each code, cases that trigger the warning and cases that do not. */
export type WarningCases<Code extends WarningCode> = Record<
  Code,
  { on: WarningCase[]; off: WarningCase[] }
>;

/** Registers two tests for each code. */
export function testCases<Code extends WarningCode>(cases: WarningCases<Code>): void {
  for (const code of Object.keys(cases) as Code[]) {
    Deno.test(`warningsFor() gives ${code} where it applies`, () => {
      checkCases(code, cases[code].on, true);
    });
    Deno.test(`warningsFor() does not give ${code} elsewhere`, () => {
      checkCases(code, cases[code].off, false);
    });
  }
}

function checkCases(code: WarningCode, cases: readonly WarningCase[], expected: boolean): void {
  assert(cases.length > 0, "there is a case");
  for (const [index, given] of cases.entries()) {
    const isGiven = warningsOf(given).some((warning) => warning.code === code);
    assert(isGiven === expected, `case ${index}`);
  }
}

/** The warnings of a case. */
export function warningsOf(given: WarningCase): HostWarning[] {
  const known = given.emulated === undefined ? {} : { emulated: given.emulated };
  const before = environmentOf(given.facts, known);
  const capabilities = { ...allCapabilities(), ...given.capabilities };
  if (given.loadAfter === undefined) return warningsFor(before, capabilities, given.results);
  const later = withFiles(given.facts, { "/proc/loadavg": `${given.loadAfter} 0 0 1/9 9\n` });
  return warningsFor(withLoadAfter(before, later), capabilities, given.results);
}

/** A recorded host with some files changed. */
export function host(name: FixtureName, files: Record<string, string | null>): HostFacts {
  return withFiles(factsOf(name), files);
}

/** Capabilities that differ in what membarrier's probe found. */
export function membarrier(
  state: Capabilities["membarrier"]["state"],
  mask = 0,
): Partial<Capabilities> {
  return { membarrier: { state, mask, errno: null, reason: null } };
}

/** A cost result like those the core writes, with what a case changes. */
export function cost(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    experiment: "cost",
    technique: "mprotect",
    siblings: 1,
    callers: 1,
    placement: "same-cache",
    callerCpus: [0],
    siblingCpus: [1],
    count: 20000,
    dropped: 12,
    opsPerSample: 1,
    ns: { min: 900, p50: 1200, p90: 1500, p99: 2000, p999: 3000, max: 9000, mean: 1250 },
    ...changes,
  };
}
