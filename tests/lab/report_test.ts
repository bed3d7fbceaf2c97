import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

import { marked } from "marked";
import { emulatedArm64, fullRun } from "../../lab/report/testdata/runs.ts";
import { lab } from "../fixtures/lab_process.ts";
import { crossArchitecture, hostileRuns, ReportPlace } from "./report_place.ts";

/** Writes a report of a place's store and reads it. */
async function report(place: ReportPlace, name: string, ...more: string[]): Promise<string> {
  const out = place.file(name);
  const { code, stderr } = await lab(["report", "--store", place.store, "--out", out, ...more]);
  assertEquals(code, 0, stderr);
  return Deno.readTextFileSync(out);
}

Deno.test("lab report writes Markdown with the same sections and marks", async () => {
  using place = new ReportPlace();
  for (const run of [...crossArchitecture(), ...hostileRuns()]) place.put(run);
  const text = await report(place, "report.md");
  for (const heading of ["Summary", "Techniques and hosts", "Runs, and how to repeat them"]) {
    assertStringIncludes(text, `\n## ${heading}\n`);
  }
  assertStringIncludes(text, "(emulated: semantics only, times mean nothing)");
  const html = await marked.parse(text);
  assertEquals(html.match(/<(?:script|img|a)\b[^>]*>/g), null, "markup got through");
  for (const whole of ["<td>6.18.44</td>", "<code>20261121T010000Z-local-0001</code>"]) {
    assertStringIncludes(html, whole);
  }
  // Rows have as many cells as their heading, whatever bars a name holds
  const rows = text.split("\n").filter((line) => line.startsWith("| "));
  const cells = (row: string): number => row.replaceAll("\\|", "").split("|").length;
  for (let at = 1; at < rows.length; at++) {
    if (rows[at]!.startsWith("| ---")) assertEquals(cells(rows[at]!), cells(rows[at - 1]!));
  }
});

Deno.test("lab report writes CSV: one figure in each line, of every run", async () => {
  using place = new ReportPlace();
  for (const run of crossArchitecture()) place.put(run);
  const old = fullRun({ id: "20261120T010000Z-local-0000", startedAt: "2026-11-20T01:00:00Z" });
  place.put(old);
  const lines = (await report(place, "report.csv")).trimEnd().split("\r\n");
  assertEquals(lines[0], "run,host,experiment,technique,metric,value,unit,context,emulated");
  const p50 = lines.filter((line) => /,cost,munmap,ns\.p50,/.test(line));
  assertEquals(p50.length, 8, "four runs, alone and beside a sibling");
  assertMatch(
    p50[0]!,
    /,munmap,ns\.p50,[\d.]+,ns,callers=1;siblings=0;placement=none,(true|false)$/,
  );
  assert(lines.some((line) => line.startsWith(old.id)));
});

Deno.test("lab report names what it could not read, and goes on", async () => {
  using place = new ReportPlace();
  place.put(fullRun());
  const newer = place.put(fullRun({ id: "20261121T050000Z-local-0005" }));
  const text = Deno.readTextFileSync(`${newer}/run.json`);
  Deno.writeTextFileSync(`${newer}/run.json`, text.replace("fencelab.run/1", "fencelab.run/2"));
  const damaged = place.put(fullRun({ id: "20261121T060000Z-local-0006" }));
  Deno.writeTextFileSync(`${damaged}/run.json`, "{");
  Deno.mkdirSync(`${place.store}/20261121T070000Z-local-0007`);
  Deno.mkdirSync(`${place.store}/something else`);

  const out = place.file("report.md");
  const { code, stdout, stderr } = await lab([
    "report",
    "--store",
    place.store,
    "--out",
    out,
    "--json",
  ]);
  assertEquals(code, 0, stderr);
  const { runs, hosts, unread } = JSON.parse(stdout);
  assertEquals([runs, hosts], [1, 1]);
  assertEquals(
    unread.map(({ kind }: { kind: string }) => kind),
    ["damaged", "damaged", "newer"],
  );
  const said = Deno.readTextFileSync(out);
  for (const words of ["newer schema", "it is not JSON", "run.json is missing"]) {
    assertStringIncludes(said, words);
    assertStringIncludes(stderr, words);
  }
});

Deno.test("lab report says which experiments are missing", async () => {
  using place = new ReportPlace();
  place.put(fullRun({ results: fullRun().results.slice(0, 1) }));
  const text = await report(place, "report.md");
  assertStringIncludes(
    text,
    "no results of cost, ordering, core-sync, rseq, rcu, disturbance and capture",
  );
  assert(!text.includes("## Cost of one operation"));
});

Deno.test("lab report takes runs by id, and one host's runs complete one another", async () => {
  using place = new ReportPlace();
  const { results } = fullRun();
  const [conformance, ...others] = results;
  place.put(fullRun({ id: "20261121T010000Z-local-0001", results: [conformance!] }));
  place.put(fullRun({ id: "20261121T020000Z-local-0002", results: others }));
  place.put(fullRun({ id: "20261121T030000Z-qemu-arm64-0003", host: emulatedArm64 }));
  const both = ["20261121T01", "20261121T0200"];
  const { code, stdout, stderr } = await lab([
    "report",
    ...both,
    "--store",
    place.store,
    "--format",
    "json",
  ]);
  assertEquals(code, 0, stderr);
  const { hosts, measurements } = JSON.parse(stdout);
  assertEquals(hosts.length, 1);
  const ids = hosts[0].runs.map(({ id }: { id: string }) => id);
  assertEquals(ids, ["20261121T020000Z-local-0002", "20261121T010000Z-local-0001"]);
  const experiments = new Set(measurements.map((one: { experiment: string }) => one.experiment));
  assert(experiments.has("conformance") && experiments.has("cost"));
});

Deno.test("lab report replaces a report, and nothing else unless it is forced to", async () => {
  using place = new ReportPlace();
  place.put(fullRun());
  const first = await report(place, "verdicts.ktap");
  assertEquals(await report(place, "verdicts.ktap"), first);

  const mine = place.file("mine.md");
  Deno.writeTextFileSync(mine, "my own words\n");
  const args = ["report", "--store", place.store, "--out", mine];
  const refused = await lab(args);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, "the file exists and is no report of fencelab");
  assertEquals(Deno.readTextFileSync(mine), "my own words\n");
  assertEquals((await lab([...args, "--force"])).code, 0);
  assertStringIncludes(Deno.readTextFileSync(mine), "## Summary");
});

Deno.test("lab report that cannot write leaves what was there", async () => {
  using place = new ReportPlace();
  place.put(fullRun());
  const before = await report(place, "report.md");
  Deno.mkdirSync(place.file("report.md.tmp"));
  const out = place.file("report.md");
  const { code, stderr } = await lab(["report", "--store", place.store, "--out", out]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Cannot write the report");
  assertEquals(Deno.readTextFileSync(out), before);
});

const mistakes: [string[], string][] = [
  [["report"], "neither --out nor --format is given"],
  [["report", "--out", "/nowhere/report.txt"], "Cannot tell the format of '/nowhere/report.txt'"],
  [["report", "--format", "pdf"], "Unknown format 'pdf'"],
  [["report", "nothing", "--format", "md"], "Cannot find run 'nothing'"],
  [["report", "--store", "/nowhere", "--format", "md"], "it does not exist"],
];

for (const [args, message] of mistakes) {
  Deno.test(`lab ${args.join(" ")} says what is wrong`, async () => {
    const { code, stdout, stderr } = await lab(args);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, message);
  });
}
