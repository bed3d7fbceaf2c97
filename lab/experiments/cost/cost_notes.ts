import { type Block, paragraph } from "../../document/blocks.ts";
import { answersWords } from "../../format/answers_schema.ts";
import { formatNs } from "../../text/units.ts";
import type { CostResult } from "../run/run_schema.ts";

const PRIORITIES: Record<CostResult["priority"], string> = {
  fifo: "under SCHED_FIFO",
  autogroup: "in an autogroup of its own",
  none: "without any priority",
};

/** What the figures of a cost table rest on. */
export function costNotes(results: readonly CostResult[]): Block[] {
  const lost = results.filter(({ count }) => count === 0)
    .map((row) => paragraph(`${row.technique}: no sample kept${whyDropped(row)}`, "bad"));
  const failing = results.flatMap(({ technique, failures = [], calls }) =>
    failures.length === 0 ? [] : [
      paragraph(`${technique}: ${answersWords(failures)} of ${calls ?? "unknown"} failed`, "bad"),
    ]
  );
  const priorities = new Set(results.map(({ priority }) => PRIORITIES[priority]));
  const notes = [
    ...bySource(results),
    ...clockNote(results),
    `measured ${[...priorities].join(", some ")}`,
  ];
  return [...lost, ...failing, ...notes.map((note) => paragraph(note, "faint"))];
}

/** What a null system call and the clock cost here: the yardsticks for everything in the table. */
function clockNote(results: readonly CostResult[]): string[] {
  const clock = results.find((result) => result.clock !== undefined)?.clock;
  const call = results.find((result) => result.technique === "getppid" && result.ns !== null);
  const parts: string[] = [];
  if (call?.ns) parts.push(`a null system call (getppid) takes ${formatNs(call.ns.p50)}`);
  if (clock) {
    const [read, step] = [formatNs(clock.readNs), formatNs(clock.stepNs)];
    parts.push(`one reading of the clock ${read} (subtracted), its step is ${step}`);
  }
  return parts.length === 0 ? [] : [parts.join(", ")];
}

function whyDropped({ droppedWhy }: CostResult): string {
  const reasons = Object.entries(droppedWhy).flatMap(([why, count]) => {
    if (typeof count !== "number" || count === 0) return [];
    return [`${count} ${why.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`];
  });
  return reasons.length === 0 ? "" : `, dropped: ${reasons.join(", ")}`;
}

/** Who counted the interrupts; names the techniques only where that differs between them. */
function bySource(results: readonly CostResult[]): string[] {
  const sources = Map.groupBy(
    results,
    ({ ipisPerOp }) => ipisPerOp === null ? "not counted (n/a)" : `counted by ${ipisPerOp.source}`,
  );
  return [...sources].map(([source, rows]) => {
    const techniques = rows.map(({ technique }) => technique).join(", ");
    return `IPIs/op ${source}${sources.size === 1 ? "" : `: ${techniques}`}`;
  });
}
