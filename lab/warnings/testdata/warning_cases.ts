/**
 * Tests of warnings as tables: hosts that trigger a warning, and hosts near by that do not.
 *
 * @module
 */
import { assert } from "@std/assert";
import type { Capabilities } from "../../environment/capabilities.ts";
import { type CpuChange, environmentAfter, environmentOf } from "../../environment/environment.ts";
import type { HostFacts } from "../../environment/facts.ts";
import type { CostResult, Result } from "../../experiments/run/run_schema.ts";
import { sampleCost } from "../../testdata/sample_run.ts";
import { type HostWarning, warningsFor } from "../warnings.ts";
import {
  allCapabilities,
  factsOf,
  type FixtureName,
  withFiles,
} from "../../environment/testdata/fixtures.ts";

/** A host to derive warnings from, with what differs from a capable one that has not run yet. */
export type WarningCase = {
  facts: HostFacts;
  capabilities?: Partial<Capabilities>;
  /** Load average of one minute after the run. */
  loadAfter?: string;
  results?: Result[];
  /** CPUs that came or went during the run. */
  cpuChanges?: CpuChange[];
  emulated?: boolean;
};

/** For each code, cases that trigger the warning and cases that do not. */
export type WarningCases<Code extends string> = Record<
  Code,
  { on: WarningCase[]; off: WarningCase[] }
>;

/** Registers two tests for each code. */
export function testCases<Code extends string>(cases: WarningCases<Code>): void {
  for (const code of Object.keys(cases) as Code[]) {
    Deno.test(`warningsFor() gives ${code} where it applies`, () => {
      checkCases(code, cases[code].on, true);
    });
    Deno.test(`warningsFor() does not give ${code} elsewhere`, () => {
      checkCases(code, cases[code].off, false);
    });
  }
}

function checkCases(code: string, cases: readonly WarningCase[], expected: boolean): void {
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
  const { loadAfter, cpuChanges, results } = given;
  if (loadAfter === undefined && cpuChanges === undefined) {
    return warningsFor(before, capabilities, results);
  }
  const later = withFiles(given.facts, { "/proc/loadavg": `${loadAfter ?? "0"} 0 0 1/9 9\n` });
  return warningsFor(environmentAfter(before, later, cpuChanges), capabilities, results);
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

/** A cost result of a quiet host, with what a case changes. */
export function cost(changes: Partial<CostResult> = {}): CostResult {
  const ns = { min: 900, p50: 1200, p90: 1500, p99: 2000, p999: 3000, max: 9000, mean: 1250 };
  return sampleCost({ count: 20_000, dropped: 12, ns, ...changes });
}
