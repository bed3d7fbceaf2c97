import { formatCpuList } from "../../text/cpu_list.ts";
import { findingOf, type ShapeFinding, shapeObservation } from "./shapes.ts";
import type { Run } from "../run/run_schema.ts";
import type { ShapesResult } from "./shapes_schema.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../../text/style.ts";
import { type Column, renderTable } from "../../document/table.ts";

const TONES: Readonly<Record<ShapeFinding["outcome"], Tone>> = {
  "seen": "plain",
  "not-seen": "faint",
  "passed": "good",
  "broken": "bad",
  "not-run": "faint",
};

interface Row {
  readonly observation: string;
  readonly finding: ShapeFinding;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: "outcomes that no interleaving gives", text: ({ observation }) => observation },
  {
    title: "what follows",
    text: ({ finding }) => finding.words,
    tone: ({ finding }) => TONES[finding.outcome],
  },
];

/**
 * The litmus shapes of a run: what this host can exhibit at all.
 *
 * @returns "" if the run has none.
 */
export function renderShapes(run: Run, options: RenderOptions): string {
  return run.results.filter((result) => result.experiment === "shapes")
    .map((result) => renderOne(result, run, options)).join("\n\n");
}

function renderOne(result: ShapesResult, { host }: Run, options: RenderOptions): string {
  const rows = result.shapes.map((shape): Row => {
    const finding = findingOf(shape, host);
    const [, name = ""] = shapeObservation(shape).split(" ");
    return {
      observation: finding.outcome === "not-run" ? name : shapeObservation(shape),
      finding,
    };
  });
  const heading = `What this host reorders: litmus shapes on CPUs ${formatCpuList(result.cpus)}`;
  const parts = [paint(heading, "strong", options), renderTable(COLUMNS, rows, options)];
  const broken = rows.filter(({ finding }) => finding.outcome === "broken").length;
  if (broken > 0) {
    const words = `ERROR: ${broken} of the shapes had an outcome that is forbidden: the core or ` +
      "the machine is defective, and no verdict of this run can be trusted";
    parts.push(`  ${paint(wrap(words, options.width, 2), "bad", options)}`);
  }
  return parts.join("\n");
}
