import { assert, assertEquals, assertMatch } from "@std/assert";
import { decodeFromCompressedBase64, HistogramLogReader } from "hdr-histogram-js";
import type { RcuResult } from "../../experiments/rcu/rcu_schema.ts";
import { sampleControl, sampleRcu } from "../../testdata/sample_rcu.ts";
import { resultsWith } from "../../experiments/ordering/testdata/runs.ts";
import { sideOf } from "../../experiments/ordering/testdata/counts.ts";
import type { Run } from "../../experiments/run/run_schema.ts";
import { HostCollector } from "../../experiments/host_collector.ts";
import type { HostView } from "../../experiments/run/host_view.ts";
import { emulatedArm64, fullRun } from "../testdata/runs.ts";
import { suitesOf } from "./checks.ts";
import { renderHlog } from "./hlog.ts";
import { renderJunit } from "./junit.ts";
import { renderKtap } from "./ktap.ts";
import { renderLitmus } from "./litmus.ts";

function hostsOf(...runs: Run[]): HostView[] {
  const collector = new HostCollector();
  for (const run of runs) collector.add(run);
  return collector.views();
}

const EVIL = 'a\n# SKIP <b attr="1"> & \u0000 ]]> \u202e';

/** A run in which one case fails, one was not tried, and names are hostile. */
function troubled(): Run {
  const one = { expected: "EPERM", actual: "0", pass: false, skipped: false, note: null };
  return fullRun({
    results: [{
      experiment: "conformance",
      cases: [
        { ...one, name: EVIL },
        { ...one, name: "skipped one", skipped: true, note: EVIL },
        { ...one, name: "good one", pass: true },
      ],
    }],
  });
}

Deno.test("suitesOf() fails what breaks a promise, and skips what could not be decided", () => {
  const outcomes = (weak: number, technique: string): string[] => {
    const results = resultsWith((one) =>
      one.technique === technique && one.role === "technique"
        ? { counts: sideOf(weak, 20_000) }
        : {}
    );
    const [suite] = suitesOf(hostsOf(fullRun({ results })));
    return suite!.checks.filter(({ name }) => name === `technique: ${technique}, sibling`)
      .map(({ outcome }) => outcome);
  };
  assertEquals(outcomes(0, "membarrier-private-expedited"), ["passed"]);
  assertEquals(outcomes(5, "membarrier-private-expedited"), ["failed"]);
  assertEquals(outcomes(5, "munmap"), ["passed"], "munmap promises nothing");
});

Deno.test("suitesOf() fails on the proof of an older run, and names it", () => {
  const id = "20261120T010000Z-local-0001";
  const proof = resultsWith(({ technique, role }) =>
    technique === "signal" && role === "technique" ? { counts: sideOf(5, 20_000) } : {}
  );
  const hosts = hostsOf(
    fullRun({ id, startedAt: "2026-11-20T01:00:00Z", results: proof }),
    fullRun({ results: resultsWith() }),
  );
  const [failed, ...others] = suitesOf(hosts)[0]!.checks.filter(({ outcome }) =>
    outcome === "failed"
  );
  assertEquals([failed!.name, others], ["technique: signal, sibling", []]);
  assert(failed!.why.endsWith(`(run ${id})`), failed!.why);
  assertMatch(renderKtap(hosts), /not ok \d+ technique: signal, sibling/);
  assertMatch(renderJunit(hosts), /signal, sibling"><failure message="[^"]*20261120T010000Z/);
});

Deno.test("suitesOf() does not believe 'ordered' of a run that warns against itself", () => {
  const warnings = [{ code: "W045", message: "m", remedy: "r", invalidates: true }];
  const [suite] = suitesOf(hostsOf(fullRun({ results: resultsWith(), warnings })));
  const of = (name: string): string => suite!.checks.find((check) => check.name === name)!.outcome;
  assertEquals(of("technique: signal, sibling"), "skipped");
  assertEquals(of("mutant: mutant-noop, waits as long as a membarrier, and no more"), "passed");
});

Deno.test("suitesOf() does not take a verdict that says nothing for a success", () => {
  const [suite] = suitesOf(hostsOf(fullRun({
    results: fullRun().results.filter(({ experiment }) => experiment === "core-sync"),
  })));
  assertEquals(suite!.checks.map(({ outcome }) => outcome), ["skipped"]);
});

Deno.test("suitesOf() fails flavours of RCU that are documented to be sound and let readers down", () => {
  const torture = (changes: Partial<RcuResult>): RcuResult =>
    sampleRcu({ mode: "torture", ...changes });
  const [suite] = suitesOf(hostsOf(fullRun({
    results: [
      torture({ stale: 3 }),
      torture({ flavour: "mprotect", stale: 3 }),
      torture({ flavour: "mb", aimed: 8000, control: sampleControl(100) }),
      torture({ flavour: "munmap", aimed: 8000, control: sampleControl(0) }),
      torture({ flavour: "membarrier-dyncheck" }),
      torture({ flavour: "mb", mutant: true, stale: 1 }),
      torture({ flavour: "signal", mutant: true }),
      torture({ flavour: "qsbr", available: false, reads: 0, reason: "EPERM" }),
      sampleRcu({ flavour: "munmap" }),
    ],
  })));
  assertEquals(suite!.checks.map(({ name, outcome, notable }) => [name, outcome, notable]), [
    ["membarrier, torture", "failed", true],
    ["mprotect, torture", "passed", true],
    ["mb, torture", "passed", false],
    ["munmap, torture", "skipped", undefined],
    ["membarrier-dyncheck, torture", "skipped", undefined],
    ["mb, torture, fences left out", "passed", undefined],
    ["signal, torture, fences left out", "skipped", undefined],
    ["qsbr, torture", "skipped", undefined],
  ]);
});

/** Reads KTAP as strictly as its specification; returns [passed, failed, skipped] of subtests. */
function countKtap(text: string): [number, number, number] {
  const lines = text.trimEnd().split("\n");
  assertEquals(lines[0], "KTAP version 1");
  const counts: [number, number, number] = [0, 0, 0];
  const open: { planned: number; seen: number }[] = [];
  for (const line of lines) {
    const depth = /^ */.exec(line)![0].length / 2;
    const body = line.trimStart();
    const plan = /^1\.\.(\d+)$/.exec(body);
    if (plan) open[depth] = { planned: Number(plan[1]), seen: 0 };
    const result = /^(not )?ok (\d+) (?:- )?[^#]*(# SKIP .*)?$/.exec(body);
    if (result) {
      assertEquals(Number(result[2]), ++open[depth]!.seen, line);
      if (depth === 1) counts[result[1] ? 1 : result[3] ? 2 : 0]++;
      if (depth === 0) assertEquals(open[1]!.seen, open[1]!.planned, line);
    } else assertMatch(body, /^(KTAP version 1|# .*|1\.\.\d+)$/);
  }
  assertEquals(open[0]!.seen, open[0]!.planned);
  return counts;
}

Deno.test("renderKtap() is KTAP, with hostile names too", () => {
  assertEquals(countKtap(renderKtap(hostsOf(troubled()))), [1, 1, 1]);
  const suites = suitesOf(
    hostsOf(fullRun(), fullRun({ id: "20261121T020000Z-a-0000", host: emulatedArm64 })),
  );
  const total = suites.reduce((sum, { checks }) => sum + checks.length, 0);
  const [passed, failed, skipped] = countKtap(renderKtap(hostsOf(
    fullRun(),
    fullRun({ id: "20261121T020000Z-a-0000", host: emulatedArm64 }),
  )));
  assertEquals([passed + failed + skipped, failed], [total, 0]);
  assert(skipped > 0 && passed > 0);
  const results = resultsWith((one) =>
    one.technique === "munmap" && one.role === "technique" ? { counts: sideOf(5, 20_000) } : {}
  );
  assertMatch(
    renderKtap(hostsOf(fullRun({ results }))),
    /^ {2}# not-ordered, promised: nothing: Linux .*: 5 of 20000 .*\n {2}ok \d+ technique: munmap, sibling$/m,
  );
});

/** Checks that XML is well-formed as far as it has elements, attributes and text alone. */
function elementsOf(xml: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  const rest = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<!-- [^-]* -->\n/, "");
  const text = /&(?:amp|lt|gt|quot|#39);|[^<&]/.source;
  const element =
    /<(\/?)([a-z-]+)((?: [a-z]+="(?:&(?:amp|lt|gt|quot|#39);|[^<&"])*")*)(\/?)>/.source;
  const tokens = new RegExp(`${element}|(?:${text})`, "gy");
  let end = 0;
  for (const match of rest.matchAll(tokens)) {
    end = match.index + match[0].length;
    const [, closing, name, , empty] = match;
    if (name === undefined) continue;
    if (closing) assertEquals(open.pop(), name);
    else names.push(name);
    if (!closing && !empty) open.push(name);
  }
  assertEquals([end, open], [rest.length, []], `not well-formed at ${rest.slice(end, end + 60)}`);
  // deno-lint-ignore no-control-regex -- XML 1.0 has none of them
  assert(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml));
  return names;
}

Deno.test("renderJunit() is well-formed XML whose counts are right, with hostile names too", () => {
  const xml = renderJunit(hostsOf(troubled()));
  const names = elementsOf(xml);
  assertEquals(names.filter((name) => name === "testcase").length, 3);
  assertEquals(names.filter((name) => name === "failure").length, 1);
  assertEquals(names.filter((name) => name === "skipped").length, 1);
  assertMatch(xml, /<testsuites name="fencelab" tests="3" failures="1" errors="0" skipped="1">/);
  elementsOf(renderJunit(hostsOf(fullRun())));
});

Deno.test("renderLitmus() prints one line for each observation", () => {
  const text = renderLitmus(
    hostsOf(fullRun(), fullRun({ id: "20261121T020000Z-a-0000", host: emulatedArm64 })),
  );
  const lines = text.trimEnd().split("\n").filter((line) => !line.startsWith("%"));
  const results = fullRun().results.filter(({ experiment }) => experiment === "ordering");
  assertEquals(lines.length, 2 * (results.length + 1));
  for (const line of lines) assertMatch(line, /^Observation \S+ (Never|Sometimes|Always) \d+ \d+$/);
  assertMatch(text, /^% host qemu-arm64: aarch64, Linux 6\.12\.117, emulated$/m);
});

Deno.test("renderHlog() is an HdrHistogram log, and marks emulated hosts", () => {
  const text = renderHlog(hostsOf(fullRun({ host: { ...emulatedArm64, name: "a b,c\n" } })));
  const lines = text.trimEnd().split("\n");
  assertEquals(lines[1], "#[Histogram log format version 1.3]");
  const rows = lines.filter((line) => line.startsWith("Tag="));
  assertEquals(rows.length, 48);
  for (const row of rows) {
    const [tag, start, length, max, histogram, ...more] = row.split(",");
    assertMatch(tag!, /^Tag=emulated;a_b_c_;[a-z-]+;1x[01]-\S+$/);
    assertEquals([start, Number(length) > 0, more], ["1795223078.000", true, []]);
    const read = decodeFromCompressedBase64(histogram!);
    assertEquals(read.totalCount, 20_000);
    assertEquals(Number(max), Number((read.maxValue / 1e9).toFixed(6)));
  }
  const reader = new HistogramLogReader(text);
  let read = 0;
  while (reader.nextIntervalHistogram()) read++;
  assertEquals(read, 48);
});
