/** Warnings about what was seen not to order, and about tests that should have seen it. */

import type { Environment } from "../../environment/environment.ts";
import type { OwnWarnings } from "../../judgement/own_warning.ts";
import { mustFailRates, unlikeIn } from "./evidence.ts";
import type { OrderingResult } from "./ordering_schema.ts";
import { brokenPromises, contradictions, mutationScore } from "./score.ts";
import { findingOf, shapeObservation } from "./shapes.ts";
import type { ShapesResult } from "./shapes_schema.ts";
import { failedTurns, RULES, tooBrief } from "./verdict.ts";

type Own = OrderingResult | ShapesResult;

/** Warnings of the ordering experiment. */
export const orderingWarnings: OwnWarnings<Own> = {
  W042: {
    reason: "no verdict about order can be trusted, since nothing orders more than that",
    remedy: "Report it with the run: the processor, the hypervisor or the lab is at fault",
    invalidates: true,
    findings: harnessFails,
  },
  W043: {
    reason: "where missing order does not show, its absence says nothing: no technique gets the " +
      "verdict ordered",
    remedy: "Free both CPUs of other work and run again; under emulation this may happen",
    invalidates: false,
    findings: powerless,
  },
  W044: {
    reason: "it is meant to order memory and did not",
    remedy: "Do not rely on it in this situation; private-expedited may do in its place",
    invalidates: false,
    findings: promisesBroken,
  },
  W045: {
    reason: "a technique broken on purpose passed for a sound one, so verdicts may be wrong",
    remedy: "Report it with the run: the test is blind for that mistake here",
    invalidates: true,
    findings: mutantsMissed,
  },
  W046: {
    reason: "what is known not to order others looked as if it did",
    remedy: "Look at its interrupts per operation: if there are some, it is no control here",
    invalidates: false,
    findings: controlsOrder,
  },
  W053: {
    reason: "the delay by which power is measured is not what it should be, so no verdict rests " +
      "on anything",
    remedy: "Run again; if it stays, report it with the run: the processor's counter or the lab " +
      "is at fault",
    invalidates: true,
    findings: rulerFails,
  },
  W055: {
    reason:
      "a CPU that idled with the process when it registered is left out until it runs another " +
      "process, by a defect of Linux 5.4 and later",
    remedy: "Register while all threads run, or use private-expedited within a process",
    invalidates: false,
    findings: leavesOut,
  },
};

function orderingsOf(results: readonly Own[]): OrderingResult[] {
  return results.filter((one) => one.experiment === "ordering");
}

/** Fences on both sides are the definition of order: whoever sees them fail must not be believed. */
function harnessFails(results: readonly Own[], environment: Environment): string[] {
  const shapes = results.flatMap((one) => one.experiment === "shapes" ? one.shapes : []);
  const broken = shapes.filter((shape) => findingOf(shape, environment).outcome === "broken");
  const litmus = broken.map((shape) =>
    `${shapeObservation(shape)}: ${findingOf(shape, environment).words}`
  );
  const fenced = contradictions(orderingsOf(results)).filter(({ expected }) =>
    expected === "ordered"
  );
  const both = fenced.map(({ counted }) =>
    `${failedTurns(counted)} with full fences on both sides had the forbidden outcome`
  );
  return [...both, ...litmus];
}

function powerless(results: readonly Own[]): string[] {
  const [first] = orderingsOf(results);
  if (first === undefined) return [];
  const rare = [...mustFailRates(first)].filter(([, rate]) => rate < RULES.gate);
  return rare.map(([name, rate]) => {
    const share = (rate * 100).toFixed(2);
    return `The control '${name}' had the forbidden outcome in ${share} % of its turns only`;
  });
}

/** Two of a kind that were not caught equally often, or delays that ended too early. */
function rulerFails(results: readonly Own[]): string[] {
  const orderings = orderingsOf(results);
  const unlike = orderings.slice(0, 1).flatMap(unlikeIn).map((name) =>
    `${name} was not caught as often as a delay as long`
  );
  const brief = orderings.filter(({ counted }) => tooBrief(counted)).map((
    { technique, arrangement, counted: { ruler } },
  ) => `${technique} (${arrangement}): ${ruler!.brief} of ${ruler!.turns} delays ended too early`);
  return [...unlike, ...brief];
}

function leavesOut(results: readonly Own[]): string[] {
  return orderingsOf(results).filter(({ counted: { registered = "as-usual" }, verdict }) =>
    registered !== "as-usual" && verdict === "not-ordered"
  ).map(({ technique, arrangement, why }) => `${technique}, ${arrangement}: ${why}`);
}

function promisesBroken(results: readonly Own[]): string[] {
  return brokenPromises(orderingsOf(results)).map((result) =>
    `${result.technique} (${result.arrangement}): ${
      failedTurns(result.counted)
    } had the forbidden ` +
    "outcome"
  );
}

function mutantsMissed(results: readonly Own[]): string[] {
  return (mutationScore(orderingsOf(results))?.missed ?? []).map((technique) =>
    `${technique} was not noticed although the test had the power to`
  );
}

function controlsOrder(results: readonly Own[]): string[] {
  return contradictions(orderingsOf(results)).filter(({ role, expected }) =>
    role === "control" && expected === "not-ordered"
  ).map((result) =>
    `The control '${result.technique}' (${result.arrangement}) did not have the forbidden outcome ` +
    `in ${result.iterations} turns, and power was there to see it`
  );
}
