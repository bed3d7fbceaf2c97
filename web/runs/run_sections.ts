/** The sections of a run's page: those of a report that is made from this run alone. */

import { paragraph, type Section } from "../../lab/document/blocks.ts";
import { experiments } from "../../lab/experiments/experiments.ts";
import type { HostView } from "../../lab/experiments/run/host_view.ts";
import { environmentBlocks } from "../../lab/experiments/run/environment_blocks.ts";
import { ladderSection } from "../../lab/ladders/ladders_section.ts";
import { matrixSection } from "../../lab/ladders/matrix_section.ts";

/** All that the run has something to say about; cost is among them by the id "cost". */
export function runSections(view: HostView): Section[] {
  const hosts = [view];
  const sections: (Section | null)[] = [
    ...experiments.map((one) => one.section(hosts)),
    matrixSection(hosts),
    ladderSection(hosts),
    {
      id: "environment",
      title: "Environment",
      blocks: [
        paragraph("What of a host most often explains a number; run.json has more."),
        ...environmentBlocks(view),
      ],
    },
  ];
  return sections.filter((section) => section !== null);
}
