import type { Section } from "../document/blocks.ts";
import { renderSection } from "../document/terminal.ts";
import { viewOfRun } from "../experiments/host_collector.ts";
import type { HostView } from "../experiments/run/host_view.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import type { RenderOptions } from "../text/style.ts";

/** What a terminal shows of one run's section. */
export function shown(
  section: (hosts: readonly HostView[]) => Section | null,
  run: Run,
  options: RenderOptions,
): string {
  return renderSection(section([viewOfRun(run)]), options);
}
