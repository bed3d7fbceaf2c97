import { assertEquals, assertMatch } from "@std/assert";
import { sideOf } from "../experiments/ordering/testdata/counts.ts";
import { resultsWith } from "../experiments/ordering/testdata/runs.ts";
import type { CostResult, Host, Result, Run, Warning } from "../experiments/run/run_schema.ts";
import { sampleCoreSync } from "../testdata/sample_core_sync.ts";
import { sampleRseq, sampleTurns } from "../testdata/sample_rseq.ts";
import { sampleRcu } from "../testdata/sample_rcu.ts";
import { sampleCost, sampleRun } from "../testdata/sample_run.ts";
import { assessLadders, type Landing, type Situation } from "./assess.ts";
import { measuredOf } from "./measured.ts";
import { soundnessOf } from "./soundness.ts";

function runOf(results: Result[], changes: Partial<Run> = {}, host: Partial<Host> = {}): Run {
  const run = sampleRun({ results, ...changes });
  return { ...run, host: { ...run.host, ...host } };
}

function cost(
  technique: string,
  value: number,
  source: NonNullable<CostResult["ipisPerOp"]>["source"] = "perf",
): Result {
  return sampleCost({ technique, ipisPerOp: { value, source, ops: 100, interrupts: 100 } });
}

/** Verdict "ordered" for everything, without counts of interrupts. */
function ordered(): Result[] {
  return resultsWith((one) => one.expected === "not-ordered" ? {} : { interruptsPerOp: null });
}

function landing(run: Run, library: string, situation: Situation): Landing {
  return assessLadders(run).find((one) => one.library === library && one.situation === situation)!;
}

function doubt(code: string, invalidates = true): Warning {
  return { code, message: "m", remedy: "r", invalidates };
}

const EXPEDITED = "membarrier-private-expedited";

Deno.test("one firm failure makes unsound, whatever the sibling's row says", () => {
  const scenario = resultsWith(({ technique, role }) =>
    technique === EXPEDITED && role === "scenario" ? { counts: sideOf(7, 20_000) } : {}
  );
  const { soundness, why } = soundnessOf(runOf(scenario), EXPEDITED, "ordering");
  assertEquals(soundness, "unsound");
  assertMatch(why, /C: sibling that sleeps.*7 of 20000 turns.*run 20261121T010438Z-local-3fa2/);
  assertEquals(measuredOf(runOf(scenario), EXPEDITED).verdict, "not-ordered");
  const first = resultsWith(({ technique, role }) =>
    technique === EXPEDITED && role === "technique" ? { first: { iterations: 2715, weak: 5 } } : {}
  );
  const { why: early } = soundnessOf(runOf(first), EXPEDITED, "ordering");
  assertMatch(early, /sibling \(5 of its first 2715 turns\)/);
  // Built to fail: it is about the test
  assertEquals(soundnessOf(runOf(ordered()), EXPEDITED, "ordering").soundness, "by contract");
});

Deno.test("readers of freed objects prove that the flavour's technique fails", () => {
  const stale = (changes: Parameters<typeof sampleRcu>[0]): string =>
    soundnessOf(
      runOf([sampleRcu({ mode: "torture", stale: 3, ...changes })]),
      EXPEDITED,
      "ordering",
    ).soundness;
  assertEquals(stale({ flavour: "membarrier-dyncheck" }), "unsound");
  assertEquals(stale({ mutant: true }), "by contract");
  assertEquals(stale({ flavour: "munmap", technique: "munmap" }), "by contract");
});

Deno.test("stale code proves it where code is replaced, but not if published first on purpose", () => {
  const sync = (order: "code-first" | "publish-first"): Run =>
    runOf(
      [{
        experiment: "core-sync",
        ...sampleCoreSync({ order, stale: 4 }),
        controls: { none: null, publishFirst: null },
        verdict: "not-ordered",
        why: "stale",
      }],
      {},
      { arch: "aarch64" },
    );
  assertEquals(landing(sync("code-first"), "SpiderMonkey", "available").soundness, "unsound");
  assertMatch(landing(sync("code-first"), "wasmtime", "available").why, /replaced code still ran/);
  assertEquals(
    landing(sync("publish-first"), "SpiderMonkey", "available").soundness,
    "by contract",
  );
});

Deno.test("observed needs the verdict and an interrupt per operation of its own", () => {
  const of = (...results: Result[]): string =>
    soundnessOf(runOf(results), "mprotect-folly", "ordering").soundness;
  assertEquals(of(cost("mprotect-folly", 1), ...ordered()), "observed");
  assertEquals(of(cost("mprotect-folly", 1)), "unknown", "no verdict");
  assertEquals(of(cost("mprotect-folly", 0.7), ...ordered()), "unknown", "not every operation");
  assertEquals(of(cost("mprotect-folly", 5, "proc-interrupts"), ...ordered()), "unknown");
  assertEquals(of(...ordered()), "unknown", "not counted");
  assertEquals(of(cost("mprotect-folly", 0.1), ...ordered()), "unsound");
  // Two by one operation and none by the next are one on average
  const half = { hits: 150, samples: 300 };
  assertEquals(
    of(
      cost("mprotect-folly", 1),
      ...resultsWith((one) =>
        one.expected === "not-ordered" ? {} : { interruptsPerOp: null, witness: half }
      ),
    ),
    "unknown",
  );
  assertEquals(of(cost("mprotect-folly", 0.1, "proc-interrupts")), "unsound");
});

Deno.test("broadcast flushes are unsound whatever was counted, unless they are turned off", () => {
  const of = (arch: Host["arch"], cmdline: string, mmu: string, results = ordered()): string =>
    soundnessOf(
      runOf([cost("mprotect-folly", 1), ...results], {
        environment: { kernel: { cmdline }, cpu: { mmu } },
      }, { arch }),
      "mprotect-folly",
      "ordering",
    ).soundness;
  assertEquals(of("aarch64", "quiet", ""), "unsound");
  assertEquals(of("aarch64", "disable_tlbie", ""), "unsound");
  assertEquals(of("ppc64le", "quiet", "radix"), "unsound");
  assertEquals(of("ppc64le", "disable_tlbie", "hash"), "unsound");
  assertEquals(of("ppc64le", "disable_tlbie", "radix", []), "unsound");
  assertEquals(of("ppc64le", "disable_tlbie", "radix"), "observed");
});

Deno.test("SlowFence is observed only where it was seen to restart sections", () => {
  const of = (...results: Result[]): string =>
    landing(runOf(results), "tcmalloc", "eperm").soundness;
  const walk = (switched: number): Result =>
    sampleRseq({ technique: "affinity-walk", called: sampleTurns({ switched }) });
  assertEquals(of(), "unknown");
  assertEquals(of(cost("affinity-walk", 1)), "unknown");
  // Order is another thing
  assertEquals(of(...ordered()), "unknown");
  assertEquals(of(walk(20_000)), "observed");
  assertEquals(of(walk(19_999)), "unsound");
  assertEquals(of(sampleCost({ technique: "affinity-walk", available: false })), "unsound");
});

Deno.test("restarting sections is by contract, with what was measured, until a section goes on", () => {
  const of = (...results: Result[]): string => {
    const { soundness, why } = soundnessOf(runOf(results), "membarrier-rseq", "rseq-restart");
    return `${soundness}: ${why}`;
  };
  const documented = "by contract: documented to restart rseq critical sections";
  assertEquals(of(), `${documented}, not measured here`);
  assertEquals(of(sampleRseq({ starved: true })), `${documented}, not measured here`);
  assertEquals(
    of(sampleRseq(), sampleRseq({ siblings: 3 })),
    `${documented}; seen to restart them here by each of 20000 calls beside 1 sibling and by ` +
      "each of 20000 calls beside 3 siblings",
  );
  assertMatch(
    of(sampleRseq(), sampleRseq({ called: sampleTurns({ restarted: 19_999 }) })),
    /^unsound: .*sections went on after 1 of 20000 calls/,
  );
});

Deno.test("a warning that invalidates takes 'ordered' away, and no failure", () => {
  const results = [cost("mprotect-folly", 1), ...ordered()];
  for (const code of ["W042", "W045", "W047"]) {
    const { soundness, why } = landing(
      runOf(results, { warnings: [doubt(code)] }),
      "folly",
      "eperm",
    );
    assertEquals(soundness, "unknown");
    assertMatch(why, new RegExp(`run 20261121T010438Z-local-3fa2 says so, but warns ${code}`));
  }
  for (const warning of [doubt("W029"), doubt("W046", false)]) {
    const run = runOf(results, { warnings: [warning] });
    assertEquals(landing(run, "folly", "eperm").soundness, "observed");
  }
  const failed = resultsWith(({ technique }) =>
    technique === "mprotect-folly" ? { counts: sideOf(9, 20_000) } : {}
  );
  const run = runOf(failed, { warnings: [doubt("W045")] });
  assertEquals(landing(run, "folly", "eperm").soundness, "unsound");
});

Deno.test("the least over all crews counts, and the word names the siblings that it holds for", () => {
  const row = (value: number, siblings: number): CostResult => ({
    ...sampleCost({
      technique: "mprotect",
      ipisPerOp: { value, source: "perf", ops: 100, interrupts: 100 },
    }),
    siblings,
  });
  const of = (results: Result[], codes: string[] = []): { soundness: string; why: string } =>
    soundnessOf(
      runOf([...results, ...ordered()], { warnings: codes.map((code) => doubt(code, false)) }),
      "mprotect",
      "ordering",
    );
  assertMatch(of([row(2, 1)]).why, /seen to order up to 1 sibling here/);
  assertEquals(of([row(2, 1)]).soundness, "observed");
  assertEquals(of([row(2, 1), row(8, 4)]).soundness, "observed");
  const silent = of([row(2, 1), row(0, 4)]);
  assertEquals(silent.soundness, "unsound");
  assertMatch(silent.why, /0\.00 per operation with 4 siblings/);
  // A process that is active on four CPUs may flush by broadcast, and only one sibling was tried
  assertEquals(of([row(2, 1)], ["W033"]).soundness, "unknown");
  assertEquals(of([row(2, 1)], ["W034"]).soundness, "unknown");
});

Deno.test("a count of interrupts is not explained away where flushes are broadcast", () => {
  const run = runOf([cost("mprotect", 1), ...ordered()], {}, { arch: "aarch64" });
  const { soundness, why } = soundnessOf(run, "mprotect", "ordering");
  assertEquals(soundness, "unsound");
  assertMatch(why, /by broadcast.*1\.00 per operation measured\) is not explained/);
});

Deno.test("observed needs the caller's own order, too, and no verdict of an older fencelab", () => {
  const of = (results: Result[]): { soundness: string; why: string } =>
    soundnessOf(runOf([cost("mprotect", 1), ...results]), "mprotect", "ordering");
  const blind = resultsWith(({ role, expected }) => ({
    ...expected === "not-ordered" ? {} : { interruptsPerOp: null },
    ...role === "caller" ? { counts: sideOf(0, 20_000), delay: sideOf(0, 10_000) } : {},
  }));
  assertEquals(of(blind).soundness, "unknown");
  assertMatch(of(blind).why, /the caller's own accesses could not be told/);
  const old = ordered().map((result) => {
    if (result.experiment !== "ordering") return result;
    const { siblings: _, ...counted } = result.counted;
    return { ...result, counted };
  });
  assertEquals(of(old).soundness, "unknown");
  assertMatch(of(old).why, /power from unclogged calls/);
});

Deno.test("nothing promises that a fence of the user's own orders", () => {
  assertEquals(soundnessOf(runOf([]), "user:mine", "ordering").soundness, "unknown");
  const seen = resultsWith().filter(({ technique, role }) =>
    technique === EXPEDITED && (role === "technique" || role === "caller")
  ).map((result) => ({ ...result, technique: "user:mine" }));
  const { soundness, why } = soundnessOf(runOf(seen), "user:mine", "ordering");
  assertEquals([soundness, why], [
    "observed",
    "seen to order up to 1 sibling here; nothing promises it",
  ]);
});
