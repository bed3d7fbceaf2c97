import type { Run } from "../run_schema.ts";
import { renderCapture } from "./capture.ts";
import { renderConformance } from "./conformance.ts";
import { renderCoreSync } from "./core_sync.ts";
import { renderCost, renderUnavailable } from "./cost.ts";
import { renderDisturbance } from "./disturbance.ts";
import { renderEnvironment } from "./environment.ts";
import { renderOrdering } from "./ordering.ts";
import { printable } from "./printable.ts";
import { renderRcu } from "./rcu.ts";
import { renderRegistration } from "./registration.ts";
import { renderShapes } from "./shapes.ts";
import { paint, type RenderOptions, wrap } from "./style.ts";
import { formatSeconds } from "./units.ts";
import { renderWarnings } from "./warnings.ts";

/**
 * A whole run as text for a terminal: what it is, where it ran, its warnings, its results.
 *
 * @returns Lines joined by "\n", without one at the end; control characters of the run are escaped.
 */
export function renderRun(run: Run, options: RenderOptions): string {
  const blocks = [
    `${renderHead(run, options)}\n${renderEnvironment(run, options)}`,
    renderWarnings(run, options),
    renderConformance(run, options),
    renderCost(run, options),
    renderUnavailable(run, options),
    renderRegistration(run, options),
    renderOrdering(run, options),
    renderShapes(run, options),
    renderCoreSync(run, options),
    renderRcu(run, options),
    renderDisturbance(run, options),
    renderCapture(run, options),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function renderHead(run: Run, options: RenderOptions): string {
  const { version, build } = run.fencelab;
  const made = `${run.startedAt}, took ${formatSeconds(run.seconds)}, seed ${run.seed}, ` +
    `fencelab ${version} (${build})`;
  return [
    paint(`Run ${printable(run.id)}`, "strong", options),
    `  started  ${wrap(printable(made), options.width, 11)}`,
    `  command  ${wrap(printable(run.command), options.width, 11)}`,
  ].join("\n");
}
