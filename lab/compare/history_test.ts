import { assertEquals, assertMatch } from "@std/assert";
import type { Run } from "../experiments/run/run_schema.ts";
import { sampleCost, sampleRun } from "../testdata/sample_run.ts";
import { drawHistogram, INTERRUPT, normal, seeded } from "../statistics/testdata/samples.ts";
import { historyOf } from "./history.ts";

const random = seeded(21);

/** The run of a day; runs differ by 1 % from each other. */
function runOfDay(day: number, kernel: string, factor: number, changes: Partial<Run> = {}): Run {
  const startedAt = `2026-11-${String(day).padStart(2, "0")}T01:04:38Z`;
  const id = `${startedAt.replaceAll(/[-:]/g, "")}-local-0000`;
  const own = factor * Math.exp(0.01 * normal(random));
  const results = [
    sampleCost({ count: 2000, histogram: drawHistogram(INTERRUPT, 2000, random, own) }),
    sampleCost({
      technique: "getppid",
      count: 2000,
      histogram: drawHistogram(INTERRUPT, 2000, random),
    }),
  ];
  const run = sampleRun({ id, startedAt, results, ...changes });
  return { ...run, host: { ...run.host, kernel } };
}

const runs = [
  runOfDay(1, "6.12.1", 1),
  runOfDay(2, "6.12.1", 1),
  runOfDay(3, "6.12.1", 1),
  runOfDay(4, "6.18.4", 1.2),
  runOfDay(5, "6.18.4", 1.2),
  runOfDay(6, "6.18.4", 1.2),
  runOfDay(7, "6.18.5", 1.2),
  runOfDay(8, "6.18.5", 1.2),
];

Deno.test("historyOf() points out the step between two kernels, and that alone", () => {
  const { changes, series } = historyOf(runs);
  assertEquals(changes.map(({ before, after }) => [before.kernel, after.kernel]), [
    ["6.12.1", "6.18.4"],
    ["6.18.4", "6.18.5"],
  ]);
  assertEquals(changes.map(({ before, after }) => [before.runs.length, after.runs.length]), [
    [3, 3],
    [3, 2],
  ]);
  const verdicts = series.map(({ technique, steps }) => [
    technique,
    ...steps.map(({ comparison }) => comparison.verdict),
  ]);
  assertEquals(verdicts, [["mprotect", "slower", "no-change"], [
    "getppid",
    "no-change",
    "no-change",
  ]]);
});

Deno.test("historyOf() puts runs in the order of time, whatever order they come in", () => {
  const shuffled = [5, 2, 7, 0, 3, 6, 1, 4].map((at) => runs[at]!);
  assertEquals(historyOf(shuffled), historyOf(runs));
  const { runs: labels, series } = historyOf(shuffled);
  assertEquals(labels.map(({ id }) => id), runs.map(({ id }) => id));
  assertEquals(series[0]!.points.map(({ run }) => run), runs.map(({ id }) => id));
});

Deno.test("historyOf() gives each run's median with its interval", () => {
  const [point] = historyOf(runs.slice(0, 1)).series[0]!.points;
  const { value, low, high } = point!.p50!;
  assertEquals([low! < value, value < high!, Math.abs(value - 16_000) < 1_000], [true, true, true]);
});

Deno.test("historyOf() keeps one technique if only that is asked for", () => {
  assertEquals(historyOf(runs, "getppid").series.map(({ technique }) => technique), ["getppid"]);
});

Deno.test("kernels of one release are told apart by their build", () => {
  const built = (version: string): Partial<Run> => ({ environment: { kernel: { version } } });
  const { changes } = historyOf([
    runOfDay(1, "6.18.4", 1, built("#1 SMP")),
    runOfDay(2, "6.18.4", 1, built("#2 SMP")),
  ]);
  assertEquals(changes.length, 1);
  assertEquals(changes[0]!.after.kernel, "6.18.4 #2 SMP");
});

Deno.test("a change of the kernel tells what else differs, and is not judged across guests", () => {
  const governor = { environment: { frequency: { governor: "powersave" } } };
  const guest = { cpuModel: "host", accelerator: "kvm" } as unknown as Run["host"]["guest"];
  const { changes, series } = historyOf([
    runOfDay(1, "6.12.1", 1),
    on({ guest: guest! }, runOfDay(2, "6.18.4", 9, governor)),
  ]);
  const names = changes[0]!.environment.map(({ name }) => name);
  assertEquals([names.includes("kernel"), names.includes("governor")], [true, true]);
  assertMatch(changes[0]!.timeBarriers.join(), /guests of the lab/);
  assertEquals(series[0]!.steps[0]!.comparison.verdict, "not-compared");
});

/** The same run on a host that differs. */
function on(host: Partial<Run["host"]>, run: Run): Run {
  return { ...run, host: { ...run.host, ...host } };
}

Deno.test("machines of one name have series and changes of their own, which are never mixed", () => {
  const large = (run: Run): Run => on({ cpus: 64 }, run);
  // Each day the other machine, 1.3 times as slow; the small one alone gets another kernel.
  const mixed = [
    runOfDay(1, "6.12.1", 1),
    large(runOfDay(2, "6.18.4", 1.3)),
    runOfDay(3, "6.12.1", 1),
    large(runOfDay(4, "6.18.4", 1.3)),
    runOfDay(5, "6.18.4", 1),
    runOfDay(6, "6.18.4", 1),
  ];
  const { machines, changes, series, timeBarriers } = historyOf(mixed, "mprotect");
  assertEquals(machines.map(({ runs }) => runs.length), [4, 2]);
  assertMatch(machines[0]!.label, /^local \(x86_64, unknown CPU, 2 CPUs, kvm\)$/);
  assertMatch(machines[1]!.label, /64 CPUs/);
  assertEquals(
    changes.map(({ machine, before, after }) => [machine, before.kernel, after.kernel]),
    [
      [0, "6.12.1", "6.18.4"],
    ],
  );
  assertEquals(series.map(({ machine, points }) => [machine, points.length]), [[0, 4], [1, 2]]);
  assertEquals(series.map(({ steps }) => steps.map(({ comparison }) => comparison.verdict)), [
    ["no-change"],
    [],
  ]);
  assertEquals(timeBarriers, []);
});

Deno.test("steps of the second machine belong to its own changes", () => {
  const { changes, series } = historyOf(
    [
      ...runs,
      ...runs.map((run) => on({ cpus: 64 }, { ...run, id: run.id.replace(/0$/, "1") })),
    ],
    "mprotect",
  );
  assertEquals(changes.map(({ machine }) => machine), [0, 0, 1, 1]);
  assertEquals(series.map(({ steps }) => steps.map(({ change }) => change)), [[0, 1], [2, 3]]);
  assertEquals(series[1]!.steps.map(({ comparison }) => comparison.verdict), [
    "slower",
    "no-change",
  ]);
});

Deno.test("a step is not judged by times that a warning invalidates", () => {
  const warning = { code: "W038", message: "mprotect: bad", remedy: "r", invalidates: true };
  const { series } = historyOf([
    runOfDay(1, "6.12.1", 1),
    runOfDay(2, "6.18.4", 2, { warnings: [warning] }),
  ]);
  assertEquals(series.map(({ technique, steps }) => [technique, steps[0]!.comparison.verdict]), [
    ["mprotect", "not-compared"],
    ["getppid", "no-change"],
  ]);
});

Deno.test("historyOf() of runs without cost has no series", () => {
  const { series, changes } = historyOf([sampleRun({ results: [] })]);
  assertEquals([series, changes], [[], []]);
});
