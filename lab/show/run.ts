import type { Run } from "../experiments/run/run_schema.ts";
import { renderCapture } from "../experiments/capture/table.ts";
import { renderConformance } from "../experiments/conformance/table.ts";
import { renderCoreSync } from "../experiments/core_sync/table.ts";
import { renderCost, renderUnavailable } from "../experiments/cost/table.ts";
import { renderDisturbance } from "../experiments/disturbance/table.ts";
import { renderEnvironment } from "./environment.ts";
import { renderOrdering } from "../experiments/ordering/table.ts";
import { printable } from "../text/printable.ts";
import { renderRcu } from "../experiments/rcu/table.ts";
import { renderRegistration } from "../experiments/cost/registration_table.ts";
import { renderShapes } from "../experiments/ordering/shapes_table.ts";
import { paint, type RenderOptions, wrap } from "../text/style.ts";
import { formatSeconds } from "../text/units.ts";
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
