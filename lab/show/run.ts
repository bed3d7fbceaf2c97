import { renderSection } from "../document/terminal.ts";
import { experiments } from "../experiments/experiments.ts";
import { viewOfRun } from "../experiments/host_collector.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { printable } from "../text/printable.ts";
import { paint, type RenderOptions, wrap } from "../text/style.ts";
import { formatSeconds } from "../text/units.ts";
import { renderEnvironment } from "./environment.ts";
import { renderWarnings } from "./warnings.ts";

/**
 * A whole run as text for a terminal: what it is, where it ran, its warnings, its results.
 *
 * @returns Lines joined by "\n", without one at the end; control characters of the run are escaped.
 */
export function renderRun(run: Run, options: RenderOptions): string {
  const hosts = [viewOfRun(run)];
  const blocks = [
    `${renderHead(run, options)}\n${renderEnvironment(run, options)}`,
    renderWarnings(run, options),
    ...experiments.map((one) => renderSection(one.section(hosts), options)),
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
