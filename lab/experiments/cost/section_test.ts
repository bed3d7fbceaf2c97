import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { CostResult } from "../run/run_schema.ts";
import { sampleCost, sampleRun } from "../../testdata/sample_run.ts";
import { costSection } from "./section.ts";
import { shown } from "../../testdata/shown.ts";
import type { RenderOptions } from "../../text/style.ts";

const OPTIONS: RenderOptions = { color: false, width: 120 };

function costLines(results: CostResult[], options: Partial<RenderOptions> = {}): string[] {
  return shown(costSection, sampleRun({ results }), { ...OPTIONS, ...options }).split("\n");
}

Deno.test("costSection() shows times, samples, interrupts and their distribution", () => {
  assertEquals(costLines([sampleCost()]), [
    "Cost of one operation: 1 caller on CPU 0, 1 sibling on CPU 1, same-cache",
    "  technique      p50      p90      p99      max  kept  dropped  IPIs/op  shape (log)",
    "  ─────────  ───────  ───────  ───────  ───────  ────  ───────  ───────  ───────────",
    "  mprotect   16.0 µs  18.0 µs  24.0 µs  25.0 µs    30   25.0 %     1.01  ▁        █▃",
    "  shape: the samples from min to p99.9, each row on its own logarithmic axis",
    "  IPIs/op counted by perf",
    "  measured under SCHED_FIFO",
  ]);
});

Deno.test("costSection() draws with ASCII alone when asked to", () => {
  const text = costLines([sampleCost()], { unicode: false }).join("\n");
  // deno-lint-ignore no-control-regex -- all of ASCII
  assert(/^[\x00-\x7f]*$/.test(text), text);
  assertStringIncludes(text, ".        #:");
});

Deno.test("costSection() makes a table for each number and place of callers and siblings", () => {
  const lines = costLines([
    sampleCost(),
    sampleCost({ siblings: 0, siblingCpus: [], placement: "none" }),
    sampleCost({ technique: "munmap" }),
    sampleCost({ siblings: 3, siblingCpus: [1, 2, 3], placement: "other-node" }),
  ]);
  const headings = lines.filter((line) => line.startsWith("Cost"));
  assertEquals(headings, [
    "Cost of one operation: 1 caller on CPU 0, 1 sibling on CPU 1, same-cache",
    "Cost of one operation: 1 caller on CPU 0, no siblings",
    "Cost of one operation: 1 caller on CPU 0, 3 siblings on CPUs 1-3, other-node",
  ]);
  assertEquals(lines.findIndex((line) => line.startsWith("  munmap")), 4);
});

Deno.test("costSection() marks means of several operations and explains them", () => {
  const lines = costLines([sampleCost({ technique: "fence", opsPerSample: 64 })]);
  assert(lines[3]!.startsWith("  fence ×64  16.0 µs"));
  assertStringIncludes(lines.join("\n"), "×N: N operations were timed together");
  assert(!costLines([sampleCost()]).join("\n").includes("×N"));
});

Deno.test("costSection() names the yardsticks: null system call and clock", () => {
  const clock = { readNs: 20.1, stepNs: 10 };
  const ns = { ...sampleCost().ns!, p50: 168 };
  const text = costLines([sampleCost({ technique: "getppid", ns, clock })], { width: 200 }).join(
    "\n",
  );
  assertStringIncludes(
    text,
    "a null system call (getppid) takes 168 ns, one reading of the clock 20.1 ns",
  );
  assertStringIncludes(text, "its step is 10.0 ns");
  assert(!costLines([sampleCost()]).join("\n").includes("clock"));
});

Deno.test("costSection() shows no time where no sample was kept, and says why", () => {
  const droppedWhy = { beforeNotRunning: 12, afterNotRunning: 0, preempted: 8 };
  const none = { count: 0, dropped: 20, droppedWhy, ns: null, histogram: null, ipisPerOp: null };
  const lines = costLines([sampleCost(none)], { color: true });
  assert(/^ {2}mprotect +- +- +- +- +0 +.*100\.0 %.* +n\/a$/.test(lines[3]!), lines[3]);
  assertStringIncludes(lines[3]!, "\x1b[1;31m100.0 %");
  const text = "mprotect: no sample kept, dropped: 12 before not running, 8 preempted";
  assertStringIncludes(lines[4]!, text);
});

Deno.test("costSection() counts calls that failed, by error", () => {
  const failures = [{ answer: "EINTR", count: 12 }, { answer: "ENOMEM", count: 1 }];
  const lines = costLines([sampleCost({ calls: 20_000, failures }), sampleCost()]);
  const text = "  mprotect: EINTR in 12 calls, ENOMEM in 1 of 20000 failed";
  assertEquals(lines.filter((line) => line.includes("failed")), [text]);
});

Deno.test("costSection() says n/a for interrupts that were not counted, and who counted others", () => {
  const proc = { value: 1, source: "proc-interrupts", ops: 10, interrupts: 10 } as const;
  const lines = costLines([
    sampleCost({ technique: "getppid", ipisPerOp: null }),
    sampleCost({ technique: "mprotect", ipisPerOp: proc }),
  ]);
  assertStringIncludes(lines[3]!, "     n/a  ");
  assertStringIncludes(lines[4]!, "    1.00  ");
  assert(lines.includes("  IPIs/op not counted (n/a): getppid"));
  assert(lines.includes("  IPIs/op counted by proc-interrupts: mprotect"));
});

Deno.test("costSection() leaves out p90, then max, then the shape as the page gets narrower", () => {
  const titles = (width: number): string =>
    costLines([sampleCost()], { width }).find((line) => line.startsWith("  technique"))!;
  assert(/p90.*max.*shape/.test(titles(100)));
  assert(/p50 +p99 +max.*shape/.test(titles(80)));
  assert(/p50 +p99 +kept.*shape/.test(titles(70)));
  assert(/p50 +p99 +kept.*IPIs\/op$/.test(titles(60)));
});

Deno.test("costSection() stamps every table of an emulated host", () => {
  const run = sampleRun({ results: [sampleCost(), sampleCost({ siblings: 2 })] });
  run.host.emulated = true;
  const lines = shown(costSection, run, OPTIONS).split("\n");
  const stamps = lines.filter((line) => line === "emulated: semantics only, times mean nothing");
  assertEquals(stamps.length, 2);
  assertEquals(lines[0], stamps[0]);
  assert(!costLines([sampleCost()]).join("\n").includes("emulated"));
});

Deno.test("costSection() escapes what a run may hold", () => {
  const technique = "m\x1b[2J";
  const none = { technique, count: 0, ns: null, histogram: null };
  const run = sampleRun({ results: [sampleCost({ technique }), sampleCost(none)] });
  assert(!shown(costSection, run, OPTIONS).includes("\x1b"));
});

Deno.test("costSection() names each technique once, with reason and error", () => {
  const refused = { available: false, count: 0, ns: null, histogram: null } as const;
  const rseq = sampleCost({
    ...refused,
    technique: "rseq",
    reason: "no\x07 rseq",
    errno: "EINVAL",
  });
  const run = sampleRun({
    results: [rseq, { ...rseq, siblings: 0 }, sampleCost({ ...refused, technique: "mremap" })],
  });
  assertEquals(
    shown(costSection, run, OPTIONS),
    "Not available here\n  rseq: no\\x07 rseq (EINVAL)\n  mremap: no reason given",
  );
  assert(!shown(costSection, sampleRun(), OPTIONS).includes("Not available"));
});
