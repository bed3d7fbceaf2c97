import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { quantile } from "../statistics/histogram.ts";
import type { Host } from "../experiments/run/run_schema.ts";
import { sampleDisturbance } from "../testdata/sample_disturbance.ts";
import { sampleCost, sampleRun } from "../testdata/sample_run.ts";
import {
  type Block,
  paragraph,
  type ReportDocument,
  type ReportTable,
  tableOf,
} from "../document/blocks.ts";
import { composeReport, type ReportSource } from "./compose.ts";
import { csvOf } from "./csv.ts";
import { HostCollector } from "../experiments/host_collector.ts";
import { escapeHtml, scriptJson } from "../document/html/escape.ts";
import { renderHtml } from "../document/html/render_html.ts";
import { chartOf } from "../experiments/cost/latency_chart.ts";
import { reportJson } from "./report_json.ts";
import { parseReport, reportJsonSchema } from "./report_schema.ts";
import { distribution, emulatedArm64, fullRun, hostOf } from "./testdata/runs.ts";

function sourceOf(...runs: Parameters<HostCollector["add"]>[0][]): ReportSource {
  const collector = new HostCollector();
  for (const run of runs) collector.add(run);
  return { hosts: collector.views(), unread: [], madeAt: new Date(0), version: "0.1.0" };
}

Deno.test("escapeHtml() leaves nothing that begins markup or ends an attribute", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text: string) => {
    assert(!/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/.test(escapeHtml(text)));
  }));
});

Deno.test("scriptJson() cannot end its script element", () => {
  const value = ["</script>", "<!--"];
  assert(!scriptJson(value).includes("<"));
  assertEquals(JSON.parse(scriptJson(value)), value);
});

Deno.test("renderHtml() names every column and row of a table as their heading", () => {
  const table = tableOf("Numbers", [["one", "1"]], [
    { title: "name", cell: ([name]) => name! },
    { title: "value", right: true, cell: ([, value]) => value! },
  ]);
  const report: ReportDocument = {
    title: "T",
    subtitle: "S",
    sections: [{ id: "a", title: "A", blocks: [paragraph("text"), table] }],
  };
  const html = renderHtml(report);
  assertStringIncludes(html, '<th scope="col">name</th><th scope="col" class="figure">value</th>');
  assertStringIncludes(html, '<th scope="row">one</th><td class="figure">1</td>');
  assertStringIncludes(html, "script-src 'none'");
});

Deno.test("chartOf() draws the quantiles of the histogram, and none beyond its samples", () => {
  const row = sampleCost(distribution(1_000_000));
  const table = tableOf("t", [], []);
  const { at, series: [line] } = chartOf("c", [row], table, false);
  assertEquals(at[0], 1);
  for (const [place, x] of at.entries()) {
    const expected = x > 20_000 ? null : quantile(row.histogram!, 1 - 1 / x) / 1000;
    const drawn = line!.ns[place]!;
    if (expected === null) assertEquals(drawn, null);
    else assert(Math.abs(drawn - expected) <= 0.001 * expected, `${x}: ${drawn}, ${expected}`);
  }
});

Deno.test("chartOf() gives a control the colour of its technique, and dashes", () => {
  const rows = ["munmap", "munmap-untouched", "mremap"].map((technique) =>
    sampleCost({ technique })
  );
  const { series } = chartOf("c", rows, tableOf("t", [], []), false);
  assertEquals(series.map(({ color, dashed }) => [color, dashed]), [
    [0, false],
    [0, true],
    [1, false],
  ]);
});

Deno.test("reportJson() fits its schema, which is a JSON Schema", () => {
  const source = sourceOf(
    fullRun(),
    fullRun({ id: "20261121T020000Z-a-0001", host: emulatedArm64 }),
  );
  const json = reportJson(source);
  assertEquals(parseReport(JSON.stringify(json)), JSON.parse(JSON.stringify(json)));
  assertEquals(json.hosts.map(({ label, emulated }) => [label, emulated]), [
    ["local", false],
    ["qemu-arm64", true],
  ]);
  const folly = json.ladders.filter(({ library, situation }) =>
    library === "folly" && situation === "eperm"
  );
  assertEquals(folly.map(({ host }) => host), ["local", "qemu-arm64"]);
  assertEquals(reportJsonSchema()["type"], "object");
});

/** All tables below some blocks. */
function tablesOf(blocks: readonly Block[]): ReportTable[] {
  return blocks.flatMap((block) => {
    if (block.kind === "group") return tablesOf(block.blocks);
    return block.kind === "table" ? [block] : block.kind === "chart" ? [block.table] : [];
  });
}

Deno.test("composeReport() sets no time of an emulated host in relation to another", () => {
  const ratios = (host: Host): [number, number] => {
    const { sections } = composeReport(sourceOf(fullRun({ host })));
    const blocks = sections.flatMap(({ blocks }) => blocks);
    const tables = tablesOf(blocks).filter(({ caption }) => caption.includes(host.name));
    assert(tables.length > 15);
    return [
      tables.filter(({ columns }) => columns.some(({ title }) => title === "reads/mb")).length,
      JSON.stringify(blocks).split("times as late").length - 1,
    ];
  };
  assertEquals([ratios(emulatedArm64), ratios(hostOf())], [[0, 0], [1, 1]]);
});

/** Every piece of text with a colour, as "text: colour". */
function tonesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { text, tone } = value as { text?: unknown; tone?: unknown };
  const own = typeof text === "string" && typeof tone === "string" ? [`${text}: ${tone}`] : [];
  return [...own, ...Object.values(value).flatMap(tonesIn)];
}

Deno.test("composeReport() has one colour for whatever could not be told, and one word for refusals", () => {
  const technique = "membarrier-private-expedited";
  const run = fullRun({
    results: [...fullRun().results, { ...sampleDisturbance(), effect: "unclear" }],
  });
  const refused = fullRun({
    host: hostOf({ name: "other" }),
    results: [sampleCost({ technique, available: false })],
  });
  const { sections } = composeReport(sourceOf(run, refused));
  const tones = new Set(tonesIn(sections));
  for (const word of ["unclear", "not-discriminable", "unknown"]) {
    assertEquals([...tones].filter((one) => one.startsWith(`${word}: `)), [`${word}: doubtful`]);
  }
  assertEquals([...tones].filter((one) => one.startsWith("no fence: ")), ["no fence: faint"]);
  const said = JSON.stringify(sections.filter(({ id }) => ["matrix", "advice"].includes(id)));
  assert(said.includes('"not available"'), said);
  assert(said.includes("other: not available"), said);
  assert(!/"refused"|: refused/.test(said), said);
});

Deno.test("composeReport() leaves out of its advice what `lab advise` leaves out", () => {
  const technique = "membarrier-private-expedited";
  const advice = (available: boolean): string => {
    const run = fullRun({ results: [sampleCost({ technique, available })] });
    const section = composeReport(sourceOf(run)).sections.find(({ id }) => id === "advice")!;
    return JSON.stringify(
      section.blocks.filter((block) =>
        block.kind === "group" && block.title.includes("ordering of memory")
      ),
    );
  };
  const note = `${technique}: cannot be used on any host seen`;
  assertEquals([false, true].map((there) => advice(there).includes(note)), [true, false]);
});

Deno.test("csvOf() quotes fields, and lets no text begin like a formula", () => {
  const host = hostOf({ name: '=1+1,"x"' });
  const [line] = csvOf(sampleRun({ host })).split("\r\n");
  assertStringIncludes(line!, ',"\'=1+1,""x""",conformance,');
});
