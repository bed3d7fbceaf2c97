import { type Block, group, labelled } from "../document/blocks.ts";
import { renderBlocks, renderSection } from "../document/terminal.ts";
import { environmentBlocks } from "../experiments/run/environment_blocks.ts";
import { experiments } from "../experiments/experiments.ts";
import { viewOfRun } from "../experiments/host_collector.ts";
import type { HostView } from "../experiments/run/host_view.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import type { RenderOptions } from "../text/style.ts";
import { formatSeconds } from "../text/units.ts";
import { renderWarnings } from "./warnings.ts";

/**
 * A whole run as text for a terminal: what it is, where it ran, its warnings, its results.
 *
 * @returns Lines joined by "\n", without one at the end; control characters of the run are escaped.
 */
export function renderRun(run: Run, options: RenderOptions): string {
  const view = viewOfRun(run);
  const blocks = [
    renderBlocks([head(view), ...environmentBlocks(view)], options),
    renderWarnings(run, options),
    ...experiments.map((one) => renderSection(one.section([view]), options)),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function head({ run }: HostView): Block {
  const { version, build } = run.fencelab;
  const made = `${run.startedAt}, took ${formatSeconds(run.seconds)}, ` +
    `fencelab ${version} (${build})`;
  return group(`Run ${run.id}`, [labelled([["started", made], ["command", run.command]])]);
}
