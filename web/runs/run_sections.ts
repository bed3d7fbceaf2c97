/** The sections of a run's page: those of a report that is made from this run alone. */

import { paragraph, type Section } from "../../lab/document/blocks.ts";
import type { HostView } from "../../lab/experiments/run/host_view.ts";
import { costSection } from "../../lab/experiments/cost/section.ts";
import { disturbanceSection } from "../../lab/experiments/disturbance/section.ts";
import { environmentTable } from "../../lab/report/sections/environments.ts";
import { captureSection } from "../../lab/experiments/capture/section.ts";
import { conformanceSection } from "../../lab/experiments/conformance/section.ts";
import { coreSyncSection } from "../../lab/experiments/core_sync/section.ts";
import { ladderSection } from "../../lab/report/sections/ladders.ts";
import { matrixSection } from "../../lab/report/sections/matrix.ts";
import { orderingSection } from "../../lab/experiments/ordering/section.ts";
import { rcuSection } from "../../lab/experiments/rcu/section.ts";

/** All that the run has something to say about; cost is among them by the id "cost". */
export function runSections(view: HostView): Section[] {
  const hosts = [view];
  const sections: (Section | null)[] = [
    orderingSection(hosts),
    coreSyncSection(hosts),
    costSection(hosts),
    matrixSection(hosts),
    rcuSection(hosts),
    disturbanceSection(hosts),
    captureSection(hosts),
    conformanceSection(hosts),
    ladderSection(hosts),
    {
      id: "environment",
      title: "Environment",
      blocks: [
        paragraph("What of a host most often explains a number; run.json has more."),
        environmentTable(view),
      ],
    },
  ];
  return sections.filter((section) => section !== null);
}
