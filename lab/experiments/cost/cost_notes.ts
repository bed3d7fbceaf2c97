import type { CostResult } from "../run/run_schema.ts";
import { printable } from "../../text/printable.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../../text/style.ts";
import { formatNs } from "../../text/units.ts";

const PRIORITIES: Record<CostResult["priority"], string> = {
  fifo: "under SCHED_FIFO",
  autogroup: "in an autogroup of its own",
  none: "without any priority",
};

/** The legend below a cost table: what its figures rest on. */
export function costNotes(results: readonly CostResult[], options: RenderOptions): string[] {
  const lines: string[] = [];
  const note = (text: string, tone: Tone): void => {
    lines.push(`  ${paint(wrap(printable(text), options.width, 4), tone, options)}`);
  };
  for (const result of results) {
    if (result.count === 0) note(`${result.technique}: no sample kept${whyDropped(result)}`, "bad");
  }
  if (results.some((result) => result.opsPerSample > 1)) {
    const meaning = "N operations were timed together, each sample is their mean";
    note(`${options.unicode === false ? "x" : "×"}N: ${meaning}`, "faint");
  }
  if (results.some((result) => result.ns !== null)) {
    note("shape: the samples from min to p99.9, each row on its own logarithmic axis", "faint");
  }
  for (const text of bySource(results)) note(text, "faint");
  const clock = clockNote(results, options);
  if (clock !== null) note(clock, "faint");
  const priorities = new Set(results.map((result) => PRIORITIES[result.priority]));
  note(`measured ${[...priorities].join(", some ")}`, "faint");
  return lines;
}

/** What a null system call and the clock cost here: the yardsticks for everything in the table. */
function clockNote(results: readonly CostResult[], options: RenderOptions): string | null {
  const clock = results.find((result) => result.clock !== undefined)?.clock;
  const call = results.find((result) => result.technique === "getppid" && result.ns !== null);
  const parts: string[] = [];
  if (call?.ns) parts.push(`a null system call (getppid) takes ${formatNs(call.ns.p50, options)}`);
  if (clock) {
    const [read, step] = [formatNs(clock.readNs, options), formatNs(clock.stepNs, options)];
    parts.push(`one reading of the clock ${read} (subtracted), its step is ${step}`);
  }
  return parts.length === 0 ? null : parts.join(", ");
}

function whyDropped(result: CostResult): string {
  const reasons = Object.entries(result.droppedWhy).flatMap(([why, count]) => {
    if (typeof count !== "number" || count === 0) return [];
    return [`${count} ${why.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`];
  });
  return reasons.length === 0 ? "" : `, dropped: ${reasons.join(", ")}`;
}

/** Who counted the interrupts; names the techniques only where that differs between them. */
function bySource(results: readonly CostResult[]): string[] {
  const sources = new Map<string, string[]>();
  for (const { technique, ipisPerOp } of results) {
    const source = ipisPerOp === null ? "not counted (n/a)" : `counted by ${ipisPerOp.source}`;
    sources.set(source, [...sources.get(source) ?? [], technique]);
  }
  return [...sources].map(([source, techniques]) =>
    `IPIs/op ${source}${sources.size === 1 ? "" : `: ${techniques.join(", ")}`}`
  );
}
