/** Runs that have results of every experiment, for tests and benches. */

import { sideOf } from "../../experiments/ordering/testdata/counts.ts";
import { resultsWith } from "../../experiments/ordering/testdata/runs.ts";
import type { CostResult, Host, Result, Run } from "../../experiments/run/run_schema.ts";
import type { DisturbanceResult } from "../../experiments/disturbance/disturbance_schema.ts";
import type { OrderingResult } from "../../experiments/ordering/ordering_schema.ts";
import { sampleCapture, sampleCaptured, sampleCost, sampleRun } from "../../testdata/sample_run.ts";
import { sampleCoreSync } from "../../testdata/sample_core_sync.ts";
import { sampleControl, sampleRcu } from "../../testdata/sample_rcu.ts";
import { sampleRseq, sampleTurns } from "../../testdata/sample_rseq.ts";
import { bucketOf } from "../../statistics/histogram.ts";
import { familyOf, techniques } from "../../format/techniques.ts";

/** A host, changed as a test needs it. */
export function hostOf(changes: Partial<Host> = {}): Host {
  return { ...sampleRun().host, ...changes };
}

/** An emulated arm64 guest. */
export const emulatedArm64: Host = hostOf({
  name: "qemu-arm64",
  via: "qemu",
  transport: "agent",
  arch: "aarch64",
  kernel: "6.12.117",
  emulated: true,
  hypervisor: "qemu-tcg",
});

/**
 * A distribution of 20 000 samples with a tail.
 *
 * @param scale Picoseconds of its median.
 */
export function distribution(scale: number): Pick<CostResult, "count" | "histogram" | "ns"> {
  const counts = new Map<number, number>();
  for (let sample = 0; sample < 20_000; sample++) {
    const rank = (sample + 0.5) / 20_000;
    const value = Math.round(scale * (1 + 0.2 * (rank - 0.5)) * (1 - rank) ** -0.15);
    const bucket = bucketOf(value, 7);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([left], [right]) => left - right);
  const median = scale / 1000;
  return {
    count: 20_000,
    histogram: {
      unit: "ps",
      precisionBits: 7,
      index: sorted.map(([bucket]) => bucket),
      count: sorted.map(([, count]) => count),
    },
    ns: {
      min: median / 2,
      p50: median,
      p90: median * 1.4,
      p99: median * 2,
      p999: median * 3,
      max: median * 5,
      mean: median,
    },
  };
}

/** Whether a technique interrupts nobody: TLB flushes of other architectures are broadcasts. */
function broadcasts(arch: Host["arch"], technique: string): boolean {
  return arch !== "x86_64" && familyOf(technique) === "mappings";
}

/** Verdicts as an architecture gives them. */
function orderings(arch: Host["arch"]): OrderingResult[] {
  return resultsWith(({ technique, role }) =>
    role === "technique" && broadcasts(arch, technique)
      ? { counts: sideOf(9_000, 20_000), interruptsPerOp: 0 }
      : {}
  );
}

/** Costs of all techniques, alone and beside a sibling. */
export function costs(arch: Host["arch"] = "x86_64"): CostResult[] {
  return [0, 1].flatMap((siblings) =>
    techniques.map(({ id, registers }, at) =>
      sampleCost({
        technique: id,
        siblings,
        placement: siblings === 0 ? "none" : "same-cache",
        siblingCpus: siblings === 0 ? [] : [1],
        registerNs: registers
          ? {
            coldSingle: { count: 9, p50: 800, min: 700, max: 900 },
            warm: { count: 9, p50: 200, min: 100, max: 300 },
            coldThreaded: null,
          }
          : null,
        ...broadcasts(arch, id)
          ? { ipisPerOp: { value: 0, source: "perf" as const, ops: 40, interrupts: 0 } }
          : {},
        ...distribution(1000 * (at + 1) ** 3),
      })
    )
  );
}

function disturbance(): DisturbanceResult {
  const ns = {
    min: 1,
    p50: 20_000,
    p90: 22_000,
    p99: 33_000,
    p999: 40_000,
    max: 1e6,
    mean: 21_000,
  };
  const side = {
    ns,
    count: 400,
    blocks: [19_000, 20_000, 21_000],
    stolenShare: null,
    woken: null,
    interrupts: 12,
  };
  return {
    experiment: "disturbance",
    technique: "membarrier-private-expedited",
    victim: "same-process",
    work: "wakes",
    victimPriority: "normal",
    occupied: false,
    callers: 1,
    rateHz: 0,
    callerCpus: [0],
    victimCpu: 1,
    available: true,
    reason: null,
    errno: null,
    ops: 9000,
    quiet: side,
    storm: { ...side, ns: { ...ns, p50: 90_000 } },
    seconds: 3,
    wakeupNs: { ...ns, p50: 90_000 },
    idleNs: ns,
    stolenShare: null,
    effect: "hurt",
    why: "wakes up 4.50 times as late",
  };
}

/** Results of every experiment. */
export function allResults(arch: Host["arch"] = "x86_64"): Result[] {
  return [
    ...sampleRun().results.slice(0, 1),
    ...costs(arch),
    sampleCost({ technique: "user:mine", available: false, reason: "not here", errno: "EPERM" }),
    ...orderings(arch),
    {
      experiment: "shapes",
      cpus: [0, 1],
      priority: "fifo",
      seconds: 1,
      shapes: [
        {
          shape: "SB",
          threads: 2,
          barrier: "none",
          iterations: 1_000_000,
          weak: 979,
          ran: true,
          why: null,
        },
      ],
    },
    {
      experiment: "core-sync",
      ...sampleCoreSync(),
      controls: { none: null, publishFirst: null },
      verdict: "not-discriminable",
      why: "x86 CPUs notice stores into code",
    },
    sampleRseq(),
    sampleRseq({ technique: "membarrier-rseq-cpu", role: "bystander", called: sampleTurns() }),
    sampleRcu({ flavour: "mb", technique: "fence", reads: 4_000_000_000 }),
    sampleRcu(),
    sampleRcu({ mode: "torture", mutant: true, stale: 12, readNs: null }),
    sampleRcu({ mode: "torture", readNs: null, aimed: 8000, control: sampleControl(100) }),
    disturbance(),
    sampleCapture({
      techniques: [sampleCaptured()],
      worst: [{
        technique: "munmap",
        ns: 250_000,
        culprit: "delivery",
        budget: [{ phase: "delivery", ns: 250_000, share: 1 }],
      }],
    }),
  ];
}

/** A run with all of them. */
export function fullRun(changes: Partial<Run> = {}): Run {
  return sampleRun({
    results: allResults(changes.host?.arch),
    warnings: [{
      code: "W030",
      message: "The host is a KVM guest",
      remedy: "Rely on interrupts per operation",
      invalidates: false,
    }],
    environment: { cpu: { model: "AMD EPYC" }, kernel: { cmdline: "quiet" } },
    ...changes,
  });
}
