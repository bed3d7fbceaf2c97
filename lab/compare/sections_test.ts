import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compareRuns } from "./compare_runs.ts";
import { historyOf } from "./history.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { sampleCapture, sampleCaptured, sampleCost, sampleRun } from "../testdata/sample_run.ts";
import { sampleDisturbance } from "../testdata/sample_disturbance.ts";
import { drawHistogram, INTERRUPT, seeded } from "../statistics/testdata/samples.ts";
import { renderSection } from "../document/terminal.ts";
import type { RenderOptions } from "../text/style.ts";
import type { Comparison } from "./comparison.ts";
import type { History } from "./history.ts";
import { historySection } from "./history_section.ts";
import { compareSections } from "./sections.ts";

const options = { color: false, width: 160 };

function renderComparison(
  comparison: Comparison,
  options: RenderOptions,
  emulated = false,
): string {
  return compareSections(comparison, emulated).map((one) => renderSection(one, options))
    .join("\n\n");
}

function renderHistory(history: History, options: RenderOptions): string {
  return renderSection(historySection(history), options);
}

function run(number: number, factor: number, host: Partial<Run["host"]> = {}): Run {
  const histogram = drawHistogram(INTERRUPT, 2000, seeded(5), factor);
  const sample = sampleRun({
    id: `20261121T010438Z-local-000${number}`,
    startedAt: `2026-11-2${number}T01:04:38Z`,
    results: [
      sampleCost({ count: 2000, histogram }),
      sampleCapture({ techniques: [sampleCaptured()] }),
    ],
  });
  return { ...sample, host: { ...sample.host, ...host } };
}

function lineWith(text: string, part: string): string {
  const line = text.split("\n").find((one) => one.includes(part));
  if (line === undefined) throw new Error(`no line with '${part}' in\n${text}`);
  return line;
}

Deno.test("a comparison begins with what differs, then says what changed", () => {
  const text = renderComparison(
    compareRuns([run(1, 1)], [run(2, 1.5, { kernel: "6.19.1" })]),
    options,
  );
  const order = ["Compared", "What differs", "kernel ", "Findings", "Cost of one operation"];
  const places = order.map((part) => text.indexOf(part));
  assertEquals(places, [...places].sort((left, right) => left - right));
  assert(!places.includes(-1), text);
  assertStringIncludes(lineWith(text, "kernel "), "6.18.44  6.19.1");
  assertStringIncludes(text, "mprotect, 1 caller, 1 sibling, same-cache: slower in this run: 1.5");
  assertStringIncludes(text, "cost, by the median: 1 slower: a difference between these two runs");
});

Deno.test("each quantile has intervals, ratio, threshold and verdict", () => {
  const text = renderComparison(compareRuns([run(1, 1)], [run(2, 1.5)]), options);
  assert(
    /p50 .* µs \(.* to .*\) .* µs \(.* to .*\) +1\.5\d \(.* to .*\) +5\.0 % min .*slower$/
      .test(lineWith(text, " p50 ")),
    text,
  );
  for (const quantile of [" p90 ", " p99 "]) {
    assert(lineWith(text, quantile).endsWith("needs more runs"));
  }
});

Deno.test("times of emulated hosts stand side by side without ratio and verdict", () => {
  const emulated = run(2, 3, { emulated: true, hypervisor: "qemu-tcg" });
  const text = renderComparison(compareRuns([run(1, 1)], [emulated]), options);
  assertStringIncludes(text, "Times are shown, not compared: local is emulated and local is real");
  assertStringIncludes(lineWith(text, " p50 "), "µs");
  for (const word of ["ratio (", "threshold", "slower", "faster", "delta"]) {
    assert(!text.includes(word), `'${word}' in\n${text}`);
  }
});

Deno.test("what is the same is counted, and shown with all", () => {
  const comparison = compareRuns([run(1, 1)], [run(2, 1)]);
  const text = renderComparison(comparison, options);
  assertStringIncludes(text, "3 of 3 the same");
  assert(!text.includes("flush_tlb_func"));
  assertStringIncludes(renderComparison(comparison, { ...options, all: true }), "flush_tlb_func");
});

Deno.test("escape sequences of a run do not reach the terminal", () => {
  const nasty = run(2, 1, { kernel: "6.18\x1b[2J" });
  const text = renderComparison(compareRuns([run(1, 1)], [nasty]), options) +
    renderHistory(historyOf([run(1, 1), nasty]), options);
  assert(!text.includes("\x1b"));
});

Deno.test("a history names each change of the kernel with what it did", () => {
  const newer = { kernel: "6.19.1" };
  const text = renderHistory(
    historyOf([run(1, 1), run(2, 1), run(3, 1.4, newer), run(4, 1.4, newer)]),
    options,
  );
  assertStringIncludes(text, "History of local\n  4 runs");
  assertStringIncludes(text, "Linux 6.18.44 (2 runs) to 6.19.1 (2 runs)");
  assertStringIncludes(lineWith(text, "mprotect, 1 caller, 1 sibling, same-cache: slower"), "1.4");
  // One technique alone: a line for each run.
  assertEquals(text.split("\n").filter((line) => /^ {2}20261121T/.test(line)).length, 4);
});

Deno.test("a history says that machines of one name are different ones", () => {
  const text = renderHistory(
    historyOf([run(1, 1), run(2, 1), run(3, 1.4, { cpus: 64, kernel: "6.19.1" })]),
    options,
  );
  assertStringIncludes(text, "2 different machines bear this name");
  assertStringIncludes(text, "local (x86_64, unknown CPU, 2 CPUs, kvm): 2 runs");
  assertStringIncludes(text, "Techniques over time on local (x86_64, unknown CPU, 64 CPUs, kvm)");
  assert(!/slower|Linux 6.18.44 \(/.test(text), text);
});

Deno.test("a step between two runs is told as theirs", () => {
  const text = renderHistory(historyOf([run(1, 1), run(2, 1.4, { kernel: "6.19.1" })]), options);
  assertStringIncludes(text, "by the median: 1 slower: a difference between these two runs");
});

Deno.test("shares are shown with 0 as 0 and thresholds in points", () => {
  const storm = (at: number, stolenShare: number): Run => ({
    ...run(at, 1),
    results: [{ ...sampleDisturbance(), stolenShare }],
  });
  const text = renderComparison(
    compareRuns([storm(1, 0), storm(2, 0)], [storm(3, 0), storm(4, 0)]),
    options,
  );
  assert(
    /stolen share +0 % +0 % +1\.0 points min +no change$/.test(lineWith(text, "stolen share")),
    text,
  );
});

Deno.test("a history of an emulated host says so, and judges no time", () => {
  const emulated = { emulated: true };
  const text = renderHistory(
    historyOf([run(1, 1, emulated), run(2, 3, { ...emulated, kernel: "6.19" })]),
    options,
  );
  assertStringIncludes(text, "local is emulated: its times are those of the emulator");
  assert(!text.includes("slower"), text);
});

Deno.test("the sides have one pair of names, on pages as in terminals", () => {
  const sections = compareSections(compareRuns([run(1, 1)], [run(2, 1.5)]), false);
  const titles = sections.flatMap(({ blocks }) => blocks)
    .flatMap((block) => block.kind === "table" ? block.columns.map(({ title }) => title) : []);
  for (const title of ["left (95 %)", "right (95 %)"]) assert(titles.includes(title), title);
  assert(!titles.some((title) => /^(base|with)\b/.test(title)), titles.join());
});
