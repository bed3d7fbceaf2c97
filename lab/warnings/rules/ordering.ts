/**
 * Warnings about the ordering experiment.
 *
 * @module
 */
import { mustFailRates } from "../../experiments/ordering/evidence.ts";
import { brokenPromises, contradictions, mutationScore } from "../../experiments/ordering/score.ts";
import { findingOf, shapeObservation } from "../../experiments/ordering/shapes.ts";
import { RULES } from "../../experiments/ordering/verdict.ts";
import type { Rule, WarningContext } from "./context.ts";

/** Fences on both sides are the definition of order: whoever sees them fail must not be believed. */
function harnessFails({ orderings, shapes, environment }: WarningContext): string[] {
  const broken = shapes.filter((shape) => findingOf(shape, environment).outcome === "broken");
  const litmus = broken.map((shape) =>
    `${shapeObservation(shape)}: ${findingOf(shape, environment).words}`
  );
  const both = contradictions(orderings).filter(({ expected }) => expected === "ordered").map((
    result,
  ) =>
    `${result.weak} of ${result.iterations} turns with full fences on both sides had the ` +
    "forbidden outcome"
  );
  return [...both, ...litmus];
}

function powerless({ orderings }: WarningContext): string[] {
  const [first] = orderings;
  if (first === undefined) return [];
  return [...mustFailRates(first)].filter(([, rate]) => rate < RULES.gate).map(([name, rate]) =>
    `The control '${name}' had the forbidden outcome in ${
      (rate * 100).toFixed(2)
    } % of its turns ` +
    "only"
  );
}

function promisesBroken({ orderings }: WarningContext): string[] {
  return brokenPromises(orderings).map((result) =>
    `${result.technique} (${result.arrangement}): ${result.weak} of ${result.iterations} turns ` +
    "had the forbidden outcome"
  );
}

function mutantsMissed({ orderings }: WarningContext): string[] {
  return (mutationScore(orderings)?.missed ?? []).map((technique) =>
    `${technique} was not noticed although the test had the power to`
  );
}

function controlsOrder({ orderings }: WarningContext): string[] {
  return contradictions(orderings).filter(({ role, expected }) =>
    role === "control" && expected === "not-ordered"
  ).map((result) =>
    `The control '${result.technique}' (${result.arrangement}) did not have the forbidden outcome ` +
    `in ${result.iterations} turns, and power was there to see it`
  );
}

/** Rules of this theme by code. */
export const ORDERING_RULES = {
  W042: harnessFails,
  W043: powerless,
  W044: promisesBroken,
  W045: mutantsMissed,
  W046: controlsOrder,
} satisfies Record<string, Rule>;
