/** What people read about litmus shapes: what a host can exhibit at all. */

import { type Block, intro, paragraph, tableOf } from "../../document/blocks.ts";
import { formatCpuList } from "../../text/cpu_list.ts";
import type { Tone } from "../../text/style.ts";
import type { HostView } from "../run/host_view.ts";
import { resultsOf } from "../run/words.ts";
import { findingOf, type ShapeFinding, shapeObservation } from "./shapes.ts";
import type { ShapesResult } from "./shapes_schema.ts";

const TONES: Readonly<Record<ShapeFinding["outcome"], Tone>> = {
  "seen": "plain",
  "not-seen": "faint",
  "passed": "good",
  "broken": "bad",
  "not-run": "faint",
};

/** The litmus shapes of a host, in the manner of litmus7. */
export function shapesBlocks(host: HostView): Block[] {
  return resultsOf(host, "shapes").flatMap((result) => blocksOf(host, result));
}

function blocksOf({ label, run }: HostView, { shapes, cpus }: ShapesResult): Block[] {
  const rows = shapes.map((shape) => ({ shape, finding: findingOf(shape, run.host) }));
  const broken = rows.filter(({ finding }) => finding.outcome === "broken").length;
  const heading = `litmus shapes on CPUs ${formatCpuList(cpus)}`;
  return [
    intro(
      "Litmus shapes show which reorderings the host exhibits at all, with plain accesses and " +
        "with full fences between them. Each line says how often the outcome was seen that no " +
        "interleaving of the threads gives, and how often others.",
    ),
    tableOf(
      `What ${label} reorders: ${heading}`,
      rows,
      [
        {
          title: "outcomes that no interleaving gives",
          cell: ({ shape, finding }) => ({
            code: finding.outcome !== "not-run"
              ? shapeObservation(shape)
              : `${shape.shape}${shape.barrier === "fence" ? "+fences" : ""}`,
          }),
        },
        {
          title: "what follows",
          cell: ({ finding }) => ({ text: finding.words, tone: TONES[finding.outcome] }),
        },
      ],
      false,
      `What this host reorders: ${heading}`,
    ),
    ...broken === 0 ? [] : [
      paragraph(
        `ERROR: ${broken} of the shapes had an outcome that is forbidden: the core or the machine ` +
          "is defective, and no verdict of this run can be trusted",
        "bad",
      ),
    ],
  ];
}
