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
import { answersWords } from "../../format/answers_schema.ts";
import type { Tone } from "../../text/style.ts";
import type { HostView } from "../run/host_view.ts";
import { resultsOf, sectionOf } from "../run/words.ts";
import { type ConformanceCase, subjectOfCase } from "./conformance_schema.ts";
import { rareErrors } from "./rare_errors.ts";

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
          "documented one. Cases under seccomp filters (as containers install them) that answer " +
          "EPERM or ENOSYS, or kill, are counted apart: they show the filter, not the kernel.",
      ),
    ],
  }, blocksOf);
}

/** Cases that differ, then the skipped ones with their reason; those that passed are counted. */
function blocksOf(host: HostView): Block[] {
  if (resultsOf(host, "conformance").length === 0) return [];
  const cases = resultsOf(host, "conformance").flatMap((result) => result.cases);
  const sorted = OUTCOMES.flatMap((outcome) => cases.filter((one) => outcomeOf(one) === outcome));
  const unremarkable = sorted.filter((one) => outcomeOf(one) === "as documented").length;
  const table = (
    caption: string,
    rows: readonly ConformanceCase[],
    voices: readonly Voice[],
  ): Block[] =>
    rows.length === 0 ? [] : [
      only(voices, tableOf(`${caption}, on ${host.label}`, rows, COLUMNS, false, "")),
    ];
  return [
    heading("Conformance"),
    ...table("Cases that differ or were skipped", sorted.slice(0, sorted.length - unremarkable), [
      "page",
      "brief",
    ]),
    ...table("All cases", sorted, ["full"]),
    ...score(cases, "kernel", "as documented"),
    ...score(cases, "filter", "under seccomp filters of the lab's own, as the filter says"),
    ...score(cases, "fencelab", "refusals named by fencelab as what they are"),
    ...rareErrors(cases).map((words) => paragraph(words, "faint")),
  ];
}

/** How many cases of a subject passed; nothing where it has none. */
function score(
  cases: readonly ConformanceCase[],
  subject: ReturnType<typeof subjectOfCase>,
  words: string,
): Block[] {
  const own = cases.filter((one) => subjectOfCase(one) === subject);
  const count = (outcome: string): number => own.filter((one) => outcomeOf(one) === outcome).length;
  const [differ, skipped, passed] = OUTCOMES.map(count) as [number, number, number];
  if (own.length === 0) return [];
  const tone = differ > 0 ? "bad" : subject === "kernel" ? "good" : "faint";
  return [
    paragraph([
      { text: `${passed} of ${differ + passed} ${words}`, tone },
      skipped === 0 ? "" : `, ${skipped} skipped`,
    ]),
  ];
}

/** Calls that were made many times say how often each answer came. */
function actualOf({ actual, answers }: ConformanceCase): string {
  return answers === undefined ? actual : answersWords(answers);
}

function outcomeOf({ skipped, pass }: ConformanceCase): (typeof OUTCOMES)[number] {
  if (skipped) return "skipped";
  return pass ? "as documented" : "DIFFERS";
}

const COLUMNS: readonly CellColumn<ConformanceCase>[] = [
  { title: "outcome", cell: (one) => ({ text: outcomeOf(one), tone: TONES[outcomeOf(one)] }) },
  { title: "case", cell: ({ name }) => name },
  { title: "expected", cell: ({ expected }) => ({ code: expected }) },
  { title: "actual", cell: (one) => ({ text: actualOf(one), tone: TONES[outcomeOf(one)] }) },
  { title: "note", cell: ({ note }) => note ?? "" },
];
