import { assert, assertEquals, assertStringIncludes } from "@std/assert";

import { cacheDirectory } from "../../lab/places/cache_directory.ts";
import { parseRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import type { CaptureResult } from "../../lab/experiments/capture/capture_schema.ts";
import { guestNeed } from "./place.ts";
import { lab } from "../fixtures/lab_process.ts";
import { needs } from "../fixtures/needs.ts";

const ARCHITECTURES = {
  "qemu-arm64": { arch: "aarch64", shootdown: [0, 0, 0, 0] },
  "qemu-ppc64le": { arch: "ppc64le", shootdown: [0, 0, 0, 0] },
  "qemu-x86_64": { arch: "x86_64", shootdown: [2, 1, 1, 1] },
} as const;

/** TLB techniques, in the order of `shootdown` above. */
const TLB = ["mprotect", "munmap", "madvise-dontneed", "mremap"] as const;
const BARRIERS = ["membarrier-private-expedited"] as const;

/** What the kernels have that a capture takes for evidence, by series. */
const EVIDENCE = {
  "6.12": { "qemu-arm64": "csd", "qemu-ppc64le": "csd", "qemu-x86_64": "csd" },
  "6.1": { "qemu-arm64": "ipi", "qemu-ppc64le": "irq", "qemu-x86_64": "irq_vectors" },
} as const;

/** A store of its own, removed at the end. */
class Store implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "fencelab-test-" });
  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function runsOf(stdout: string): Run[] {
  return stdout.trim().split("\n").map((line) => parseRun(line, "stdout"));
}

function close(actual: number | null | undefined, expected: number, what: string): void {
  assert(
    typeof actual === "number" && Math.abs(actual - expected) < 0.1,
    `${what}: ${actual}, expected ${expected}`,
  );
}

/** A run's capture. */
function captureOf(run: Run): CaptureResult {
  for (const result of run.results) if (result.experiment === "capture") return result;
  throw new Error("the run holds no capture");
}

/** Interrupts per operation of a technique: by the capture's trace, its counters, and cost's. */
function interrupts(run: Run, technique: string): Record<string, number | null> {
  const found: Record<string, number | null> = {};
  for (const result of run.results) {
    if (result.experiment === "capture") {
      const one = result.techniques.find((row) => row.technique === technique);
      found["trace"] = one?.ipisPerOp ?? null;
      found["perf"] = one?.countedPerOp?.perf ?? null;
    }
    if (result.experiment === "cost" && result.technique === technique && result.siblings > 0) {
      found["cost"] = result.ipisPerOp?.value ?? null;
    }
  }
  return found;
}

/** A technique ends after so long, in s; those that other load leaves too few samples are measured again. */
const SECONDS = [1, 2, 4] as const;
/** As many operations make a mean that a few interrupts of the guest's own do not change by a tenth … */
const ENOUGH = 40;
/** … or not by half an interrupt, where four CPUs share two and few operations count. */
const ENOUGH_OF_FOUR_CPUS = 16;
/** With so many samples a technique's cost is known. */
const SAMPLES = 100;
/** Operations of a capture for each of those seconds; those do not count that met other load. */
const OPS = 200;

/** The part of a plan that measures some techniques. */
type Part = (techniques: readonly string[], seconds: number) => object;

function capturePart(siblings: number): Part {
  const own = { experiment: "capture", siblings, bufferKb: 16 * 1024, stopAboveNs: 0 };
  return (techniques, seconds) => ({ ...own, techniques, ops: OPS * seconds, seconds });
}

function costPart(siblings: number): Part {
  const crew = { siblings: [siblings], placements: "best", callers: [1] };
  const own = { experiment: "cost", ...crew, samples: SAMPLES, registration: false };
  return (techniques, seconds) => ({ ...own, techniques, seconds });
}

/** How many operations of a technique count: for each of cost's and the capture's numbers. */
function countsOf(run: Run, technique: string): number[] {
  return run.results.flatMap((one) =>
    one.experiment === "cost" && one.technique === technique
      ? [one.count, one.ipisPerOp?.ops ?? 0]
      : one.experiment === "capture"
      ? one.techniques.filter((row) => row.technique === technique)
        .flatMap(({ ops, tracedNs }) => [ops, tracedNs?.count ?? 0])
      : []
  );
}

/** What is measured on a guest, and how many operations are enough of each technique. */
interface Wanted {
  readonly host: string;
  readonly techniques: readonly string[];
  readonly parts: readonly Part[];
  readonly enough: number;
}

/** Runs on a guest, kept in a store, each with the techniques that have enough samples in it. */
async function* countedRuns(
  store: Store,
  { host, techniques, parts, enough }: Wanted,
): AsyncGenerator<{ run: Run; counted: readonly string[] }> {
  let waiting = techniques;
  for (const seconds of SECONDS) {
    const plan = `${store.path}/plan.json`;
    const experiments = parts.map((part) => part(waiting, seconds));
    await Deno.writeTextFile(plan, JSON.stringify({ name: "counts", experiments }));
    const { code, stdout, stderr } = await lab([
      ...["run", "--host", host, "--plan", plan, "--out", store.path, "--json"],
    ]);
    assertEquals(code, 0, stderr);
    const [run] = runsOf(stdout);
    const counted = waiting.filter((technique) =>
      countsOf(run!, technique).every((count) => count >= enough)
    );
    yield { run: run!, counted };
    waiting = waiting.filter((technique) => !counted.includes(technique));
    if (waiting.length === 0) return;
  }
  throw new Error(`${host}: other load left too few samples of ${waiting.join(", ")} that count`);
}

function checkInterrupts(run: Run, technique: string, expected: number): void {
  const found = interrupts(run, technique);
  for (const [source, actual] of Object.entries(found)) {
    close(actual, expected, `${run.host.name} ${technique} by ${source}`);
  }
  assertEquals(Object.keys(found).sort(), ["cost", "perf", "trace"]);
}

for (const series of ["6.12", "6.1"] as const) {
  for (const base of ["qemu-arm64", "qemu-ppc64le", "qemu-x86_64"] as const) {
    const { arch, shootdown } = ARCHITECTURES[base];
    const host = `${base}@${series}?accel=tcg`;
    Deno.test({
      ...needs(
        `${host} counts interrupts alike in the trace, by perf and in cost`,
        guestNeed(`${base}@${series}`),
      ),
      async fn(): Promise<void> {
        using store = new Store();
        const expected = new Map<string, number>([
          ["getppid", 0],
          ...BARRIERS.map((id): [string, number] => [id, 1]),
          ...TLB.map((id, at): [string, number] => [id, shootdown[at]!]),
        ]);
        const runs = countedRuns(store, {
          host,
          techniques: [...expected.keys()],
          parts: [capturePart(1), costPart(1)],
          enough: ENOUGH,
        });
        for await (const { run, counted } of runs) {
          assertEquals(run.host.arch, arch);
          assertEquals([run.host.via, run.host.emulated], ["qemu", true]);
          assertEquals(run.host.guest?.accelerator, "tcg");
          assert(run.host.kernel.startsWith(`${series}.`), run.host.kernel);
          for (const technique of counted) {
            checkInterrupts(run, technique, expected.get(technique)!);
          }
          const capture = captureOf(run);
          assertEquals(capture.lost, 0);
          assertEquals(capture.ladder, EVIDENCE[series][base], "evidence");
        }
      },
    });
  }
}

const arm64 = guestNeed("qemu-arm64@6.12");

Deno.test({
  ...needs("a guest with four CPUs shows three targets per membarrier, each with its flow", arm64),
  async fn(): Promise<void> {
    using store = new Store();
    const runs = countedRuns(store, {
      host: "qemu-arm64?cpus=4",
      techniques: BARRIERS,
      parts: [capturePart(3)],
      enough: ENOUGH_OF_FOUR_CPUS,
    });
    for await (const { run, counted } of runs) {
      if (counted.length > 0) await checkFlows(store, run);
    }
  },
});

async function checkFlows(store: Store, run: Run): Promise<void> {
  const [technique] = captureOf(run).techniques;
  assertEquals(technique?.targets.length, 3);
  // Four CPUs share two here, and what the guest's kernel itself sends meanwhile is in the mean
  const mean = technique?.ipisPerOp ?? 0;
  assert(Math.abs(mean - 3) < 0.5, `interrupts per operation: ${mean}`);
  const sql = `SELECT flows, count(*) AS n FROM (
    SELECT s.id, count(*) AS flows FROM slice s JOIN flow f ON f.slice_out = s.id
    WHERE s.category = 'fencelab.op' GROUP BY s.id) GROUP BY flows ORDER BY n DESC LIMIT 1`;
  const asked = await lab(["query", run.id, sql, "--out", store.path, "--json"]);
  assertEquals(asked.code, 0, asked.stderr);
  const [row] = JSON.parse(asked.stdout);
  assertEquals(Number(row.flows), 3, asked.stdout);
}

Deno.test({
  ...needs(
    "a second start continues from the saved guest, and a damaged one is booted anew",
    arm64,
  ),
  async fn(): Promise<void> {
    using store = new Store();
    // Another size of memory: a saved guest of its own
    const args = [
      ...["run", "--host", "qemu-arm64?memory=320", "--experiment", "cost", "--technique"],
      ...["getppid", "--seconds", "0.05", "--out", store.path, "--json"],
    ];
    const restored: (boolean | undefined)[] = [];
    const saved = `${cacheDirectory()}/guests`;
    const before = new Set([...Deno.readDirSync(saved)].map(({ name }) => name));
    for (let turn = 0; turn < 3; turn++) {
      const { code, stdout, stderr } = await lab(args);
      assertEquals(code, 0, stderr);
      restored.push(runsOf(stdout)[0]!.host.guest?.restored);
      if (turn !== 1) continue;
      for (const { name } of Deno.readDirSync(saved)) {
        if (name.startsWith("guest-aarch64-") && (turn === 1) && !before.has(name)) {
          Deno.truncateSync(`${saved}/${name}`, 100_000);
        }
      }
    }
    // The first may find one of an earlier test run
    assertEquals(restored[1], true);
    if (restored[0] === false) assertEquals(restored[2], false);
  },
});

Deno.test("a kernel of another architecture, and one that is not there, are named", async () => {
  using store = new Store();
  const wrong = `${store.path}/vmlinuz`;
  await Deno.writeFile(wrong, new Uint8Array(4096));
  for (const [path, part] of [[wrong, wrong], [`${store.path}/none`, "/none"]] as const) {
    const { code, stdout, stderr } = await lab([
      ...["run", "--host", `qemu-arm64@${path}`, "--out", store.path, "--json"],
    ]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, part);
    assertStringIncludes(stderr, "Remedy");
  }
});

Deno.test("a host that fails does not keep the others from being run and stored", async () => {
  using store = new Store();
  const { code, stdout, stderr } = await lab([
    ...["run", "--host", `qemu-arm64@${store.path}/none`, "--host", "local", "--experiment"],
    ...["cost", "--technique", "getppid", "--seconds", "0.05", "--out", store.path, "--json"],
  ]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Error on host 'qemu-arm64@");
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map((line) => line.host.name ?? line.host), [
    "local",
    `qemu-arm64@${store.path}/none`,
  ]);
  assertEquals(
    [...Deno.readDirSync(store.path)].filter(({ name }) => name.startsWith("2")).length,
    1,
  );
});

Deno.test("--dry-run prints the commands of hosts and starts none", async () => {
  const { code, stdout, stderr } = await lab([
    ...["run", "--dry-run", "--host", "qemu-ppc64le?cpus=3", "--host", "local", "--json"],
  ]);
  assertEquals(code, 0, stderr);
  const [guest, local] = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(guest.steps, undefined);
  assertStringIncludes(guest.commands[0], "qemu-system-ppc64");
  assertStringIncludes(guest.commands[0], "-smp 3");
  assert(local.steps.length > 0);
  assertEquals(local.commands, []);
});
