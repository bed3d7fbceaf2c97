/** What people read about conformance: does membarrier(2) behave as documented here? */

import {
  type Block,
  type CellColumn,
  heading,
  intro,
  only,
  paragraph,
  type Section,
  tableOf,
  type Voice,
} from "../../document/blocks.ts";
import type { Tone } from "../../text/style.ts";
import type { HostView } from "../run/host_view.ts";
import type { ConformanceResult } from "../run/run_schema.ts";
import { resultsOf, sectionOf } from "../run/words.ts";

type Case = ConformanceResult["cases"][number];

/** In the order in which cases are shown. */
const OUTCOMES = ["DIFFERS", "skipped", "as documented"] as const;

const TONES: Readonly<Record<(typeof OUTCOMES)[number], Tone>> = {
  "DIFFERS": "bad",
  "skipped": "faint",
  "as documented": "good",
};

/** Whether the kernel answers as documented, host by host. */
export function conformanceSection(hosts: readonly HostView[]): Section | null {
  return sectionOf(hosts, {
    id: "conformance",
    title: "Does membarrier(2) answer as documented?",
    blocks: [
      intro(
        "Each case makes membarrier(2) calls in a fresh process and compares the answer with the " +
          "documented one, also under seccomp filters (as containers install them) that answer " +
          "EPERM or ENOSYS, or kill.",
      ),
    ],
  }, blocksOf);
}

/** Cases that differ, then the skipped ones with their reason; those that passed are counted. */
function blocksOf(host: HostView): Block[] {
  if (resultsOf(host, "conformance").length === 0) return [];
  const cases = resultsOf(host, "conformance").flatMap((result) => result.cases);
  const sorted = OUTCOMES.flatMap((outcome) => cases.filter((one) => outcomeOf(one) === outcome));
  const count = (outcome: string): number =>
    cases.filter((one) => outcomeOf(one) === outcome).length;
  const [differ, skipped, passed] = OUTCOMES.map(count) as [number, number, number];
  const table = (caption: string, rows: readonly Case[], voices: readonly Voice[]): Block[] =>
    rows.length === 0 ? [] : [
      only(voices, tableOf(`${caption}, on ${host.label}`, rows, COLUMNS, false, "")),
    ];
  return [
    heading("Conformance"),
    ...table("Cases that differ or were skipped", sorted.slice(0, differ + skipped), [
      "page",
      "brief",
    ]),
    ...table("All cases", sorted, ["full"]),
    paragraph([
      { text: `${passed} of ${differ + passed} as documented`, tone: differ > 0 ? "bad" : "good" },
      skipped === 0 ? "" : `, ${skipped} skipped`,
    ]),
  ];
}

function outcomeOf({ skipped, pass }: Case): (typeof OUTCOMES)[number] {
  if (skipped) return "skipped";
  return pass ? "as documented" : "DIFFERS";
}

const COLUMNS: readonly CellColumn<Case>[] = [
  { title: "outcome", cell: (one) => ({ text: outcomeOf(one), tone: TONES[outcomeOf(one)] }) },
  { title: "case", cell: ({ name }) => name },
  { title: "expected", cell: ({ expected }) => ({ code: expected }) },
  { title: "actual", cell: (one) => ({ text: one.actual, tone: TONES[outcomeOf(one)] }) },
  { title: "note", cell: ({ note }) => note ?? "" },
];
