import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import type { CostResult, Result, Run } from "../experiments/run/run_schema.ts";
import { sampleCapture, sampleCaptured, sampleCost, sampleRun } from "../testdata/sample_run.ts";
import { drawHistogram, INTERRUPT, seeded } from "../statistics/testdata/samples.ts";
import { sampleDisturbance, sampleSide } from "../testdata/sample_disturbance.ts";
import { sampleRcu } from "../testdata/sample_rcu.ts";
import { bucketOf } from "../statistics/histogram.ts";
import { timeBarriers } from "./comparability.ts";
import { compareRuns } from "./compare_runs.ts";

let number = 0;

/** A run of its own id with changes to host and environment. */
function run(
  results: Result[],
  host: Partial<Run["host"]> = {},
  changes: Partial<Run> = {},
): Run {
  const id = `20261121T010438Z-local-${(number++).toString(16).padStart(4, "0")}`;
  const sample = sampleRun({ id, results, ...changes });
  return { ...sample, host: { ...sample.host, ...host } };
}

function cost(factor: number, changes: Partial<CostResult> = {}): CostResult {
  const histogram = drawHistogram(INTERRUPT, 2000, seeded(5), factor);
  return sampleCost({ count: 2000, histogram, ...changes });
}

const GUEST: NonNullable<Run["host"]["guest"]> = {
  qemu: "7.2.22",
  accelerator: "tcg",
  machine: "virt",
  cpuModel: "cortex-a72",
  memoryMb: 512,
  hostCpus: [0, 1],
  restored: false,
  tries: 1,
  kernelPackage: null,
  kernelSha256: "0".repeat(64),
};

Deno.test("compareRuns() judges p50, p90 and p99 of what both sides measured", () => {
  const { cost: [row, ...others] } = compareRuns([run([cost(1)])], [run([cost(1.3)])]);
  assertEquals(others, []);
  assertEquals(row!.quantiles.map(({ quantile, verdict }) => [quantile, verdict]), [
    ["p50", "slower"],
    ["p90", "needs-runs"],
    ["p99", "needs-runs"],
  ]);
  const [median] = row!.quantiles;
  for (const [side, truth] of [[median!.left!, 16_000], [median!.right!, 20_800]] as const) {
    assertEquals([side.low! < truth * 1.02, side.high! > truth * 0.98], [true, true]);
  }
  assertEquals(median!.ratio!.low! < 1.3 && 1.3 < median!.ratio!.high!, true);
  assertEquals(row!.effect!.size, "large");
  assertMatch(
    row!.words,
    /^slower in this run: 1\.\d+ times \(.*\), changes above .* % count .*; one run each: repeat/,
  );
});

Deno.test("tails get a verdict by the spread between runs, the median's is told apart", () => {
  const slow = cost(1.3);
  const late: CostResult = { ...slow, histogram: mergedTail(slow) };
  const [row] = compareRuns([run([slow]), run([slow])], [run([late]), run([late])]).cost;
  assertEquals(row!.quantiles.map(({ verdict }) => verdict), ["no-change", "no-change", "slower"]);
  assertMatch(row!.words, /^no change: .*; p99 slower$/);
});

/** A result's histogram with its uppermost 30 samples three times as long. */
function mergedTail({ histogram }: CostResult): CostResult["histogram"] {
  const { index, count, ...rest } = histogram!;
  let left = 30;
  const kept = [...count];
  for (let place = kept.length - 1; left > 0; place--) {
    const moved = Math.min(left, kept[place]!);
    kept[place]! -= moved;
    left -= moved;
  }
  const last = bucketOf(80_000_000, rest.precisionBits);
  const places = index.map((bucket, at): [number, number] => [bucket, kept[at]!])
    .filter(([bucket, samples]) => samples > 0 && bucket < last);
  places.push([last, 2000 - places.reduce((sum, [, samples]) => sum + samples, 0)]);
  return { ...rest, index: places.map(([at]) => at), count: places.map(([, samples]) => samples) };
}

Deno.test("compareRuns() keeps crews and placements apart", () => {
  const other = cost(1, { placement: "smt" });
  const rows = compareRuns([run([cost(1), other])], [run([other, cost(2)])]).cost;
  assertEquals(rows.map(({ placement, verdict }) => [placement, verdict]), [
    ["same-cache", "slower"],
    ["smt", "no-change"],
  ]);
});

Deno.test("compareRuns() says why a technique has no samples", () => {
  const off = cost(1, { available: false, reason: "no such command", count: 0, histogram: null });
  const [row] = compareRuns([run([cost(1)])], [run([off])]).cost;
  assertEquals([row!.verdict, row!.quantiles], ["not-compared", []]);
  assertEquals(row!.words, "right: not available: no such command");
  const [other] = compareRuns([run([cost(1)])], [run([{ ...off, outcome: "failed" }])]).cost;
  assertEquals(other!.words, "right: failed: no such command");
});

Deno.test("compareRuns() notices interrupts that are no longer sent", () => {
  const silent = cost(1, { ipisPerOp: { value: 0, source: "perf", ops: 40, interrupts: 0 } });
  const [row] = compareRuns([run([cost(1)])], [run([silent])]).cost;
  assertEquals([row!.verdict, row!.interruptsChanged], ["no-change", true]);
  assertStringIncludes(row!.words, "interrupts per operation changed from 1.01 to 0.00");
});

Deno.test("times are not compared between emulated and real hosts", () => {
  const emulated = run([cost(3)], { emulated: true, hypervisor: "qemu-tcg", guest: GUEST });
  const { cost: [row], timeBarriers } = compareRuns([run([cost(1)])], [emulated]);
  assertMatch(timeBarriers.join(), /emulated/);
  for (const quantile of row!.quantiles) {
    assertEquals([quantile.ratio, quantile.verdict], [null, "not-compared"]);
    assertEquals(quantile.right!.value > quantile.left!.value, true);
  }
  assertEquals([row!.effect, row!.verdict], [null, "not-compared"]);
});

Deno.test("timeBarriers() names emulation, hypervisors and the CPU models of guests", () => {
  const real = run([]);
  const metal = run([], { hypervisor: null });
  const kvm = { ...GUEST, accelerator: "kvm" as const };
  const cases: [Run[], RegExp | null][] = [
    [[real, run([], { kernel: "6.1" })], null],
    [[real, metal], /hypervisors differ: kvm, no hypervisor/],
    [[run([], { emulated: true }), run([], { emulated: true })], /mean nothing/],
    [[run([], { guest: kvm }), run([], { guest: { ...kvm, cpuModel: "qemu64" } })], /CPU models/],
    [[run([], { guest: kvm }), run([], { guest: kvm })], null],
    [[real, run([], { guest: kvm })], /not a guest of the lab, cortex-a72 by kvm/],
    [[real, run([], { guest: null })], null],
  ];
  for (const [runs, why] of cases) {
    if (why === null) assertEquals(timeBarriers(runs), []);
    else assertMatch(timeBarriers(runs).join(), why);
  }
});

Deno.test("rows of the environment that differ come in a fixed order, others not at all", () => {
  const environment = (microcode: string, spectre: string, load: number) => ({
    cpu: { model: "Xeon", microcode, flags: null },
    mitigations: { spectre_v2: spectre, mds: "Not affected" },
    clock: { readNs: 20.1 + load / 100 },
    load: { before: { one: load }, after: { one: load } },
    aFileOfOurs: microcode,
  });
  const left = run([], {}, { environment: environment("0x1", "Retpolines", 0.1) });
  const right = run([], { kernel: "6.19" }, { environment: environment("0x2", "IBRS", 2) });
  assertEquals(compareRuns([left], [right]).environment, [
    { name: "kernel", left: ["6.18.44"], right: ["6.19"] },
    { name: "microcode", left: ["0x1"], right: ["0x2"] },
    { name: "mitigation spectre_v2", left: ["Retpolines"], right: ["IBRS"] },
    { name: "aFileOfOurs", left: ["0x1"], right: ["0x2"] },
    { name: "load after, at most", left: ["0.1"], right: ["2"] },
  ]);
});

Deno.test("warnings of one side, and those that invalidate, are told", () => {
  const warning = (code: string, invalidates = false) => ({
    code,
    message: "m",
    remedy: "r",
    invalidates,
  });
  const left = run([], {}, { warnings: [warning("W003"), warning("W030"), warning("W029", true)] });
  const right = run([], {}, { warnings: [warning("W030"), warning("W029", true)] });
  const { warnings } = compareRuns([left], [right]);
  assertEquals(warnings.map(({ side, warning }) => [side, warning.code]), [
    ["both", "W029"],
    ["left", "W003"],
  ]);
});

Deno.test("captures are compared by interrupts and functions, emulated or not", () => {
  const captured = (changes: Parameters<typeof sampleCaptured>[0]): Result =>
    sampleCapture({ techniques: [sampleCaptured(changes)] });
  const left = run([captured({})], { emulated: true });
  const right = run([captured({ ipisPerOp: 0.02, functions: ["ipi_mb"] })]);
  const { statements, figures } = compareRuns([left], [right]);
  assertEquals(statements.map(({ left, right, changed }) => [left, right, changed]), [
    ["1.00", "0.02", true],
    ["flush_tlb_func", "ipi_mb", true],
  ]);
  assertEquals(new Set(figures.map(({ verdict }) => verdict)), new Set(["not-compared"]));
});

Deno.test("figures without samples get a verdict by several runs alone", () => {
  const captured = (p50: number): Run =>
    run([sampleCapture({
      techniques: [sampleCaptured({ handlerNs: { count: 9, p50, p99: p50, max: p50 } })],
    })]);
  const handler = (left: Run[], right: Run[]) =>
    compareRuns(left, right).figures.find(({ figure }) => figure === "handler p50")!;
  const single = handler([captured(900)], [captured(1800)]);
  assertEquals([single.verdict, single.ratio?.low], ["needs-runs", null]);
  assertMatch(single.words, /one run on each side/);
  const several = handler(
    [captured(900), captured(910), captured(890)],
    [captured(1800), captured(1790), captured(1810)],
  );
  assertEquals([several.verdict, several.thresholdFrom], ["slower", "minimum"]);
});

Deno.test("registering is compared by several runs, each kind by itself", () => {
  const registered = (p50: number, count = 9) => ({ count, p50, min: p50, max: p50 });
  const registering = (threaded: number): Run =>
    run([cost(1, {
      registerNs: {
        coldSingle: registered(600),
        coldThreaded: registered(threaded),
        warm: registered(0, 0),
      },
    })]);
  const { figures } = compareRuns(
    [registering(9_000_000), registering(9_010_000)],
    [registering(90_000), registering(90_100)],
  );
  assertEquals(figures.map(({ subject, figure, verdict }) => [subject, figure, verdict]), [
    ["registering for mprotect", "first, one thread p50", "no-change"],
    ["registering for mprotect", "first, many threads p50", "faster"],
  ]);
});

Deno.test("rates of rcu are compared by several runs, and relative to fences in the reader", () => {
  const rcu = (reads: number): Run =>
    run([
      sampleRcu({ flavour: "mb", reads: 1_000_000, seconds: 1, stale: 0 }),
      sampleRcu({ flavour: "membarrier", reads, seconds: 1, stale: 0 }),
    ]);
  const { figures, statements } = compareRuns(
    [rcu(5_000_000), rcu(5_010_000)],
    [rcu(8_000_000), rcu(8_010_000)],
  );
  const judged = figures.filter(({ subject }) => subject.startsWith("membarrier,"));
  assertEquals(judged.map(({ figure, verdict }) => [figure, verdict]), [
    ["reads", "faster"],
    ["writes", "no-change"],
    ["reads relative to mb", "faster"],
  ]);
  assertEquals(judged[2]!.ratio!.value.toFixed(2), "1.60");
  assertEquals(statements.map(({ changed }) => changed), [false, false]);
});

Deno.test("disturbance is compared by whom it hurts, and how much", () => {
  const storm = (effect: "hurt" | "unharmed", p50: number): Run =>
    run([{ ...sampleDisturbance(), effect, wakeupNs: sampleSide([p50]).ns }]);
  const { statements, figures } = compareRuns(
    [storm("unharmed", 17_000), storm("unharmed", 17_000)],
    [storm("hurt", 52_000), storm("hurt", 52_500)],
  );
  assertEquals(statements.map(({ left, right }) => [left, right]), [["unharmed", "hurt"]]);
  const wakeup = figures.find(({ figure }) => figure === "wake-up p50");
  assertEquals(wakeup?.verdict, "slower");
});

Deno.test("what only one side measured is named, a whole experiment once", () => {
  const left = run([cost(1), cost(1, { technique: "munmap" }), sampleCapture()]);
  const { onlyLeft, onlyRight } = compareRuns([left], [run([cost(1)])]);
  assertEquals([onlyLeft, onlyRight], [["cost of munmap", "capture"], []]);
});

Deno.test("a technique of one side alone is named, also where only it was asked for", () => {
  const left = run([cost(1), cost(1, { technique: "munmap" })]);
  const { onlyLeft, onlyRight, cost: rows } = compareRuns([left], [run([cost(1)])], ["munmap"]);
  assertEquals([onlyLeft, onlyRight, rows], [["cost of munmap"], [], []]);
});

Deno.test("compareRuns() refuses an empty side and a run on both", () => {
  const one = run([]);
  assertThrows(() => compareRuns([], [one]), RangeError, "a side holds none");
  assertThrows(() => compareRuns([one], [run([]), one]), RangeError, "is on both sides");
});
