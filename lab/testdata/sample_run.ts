import type { CapturedTechnique, CaptureResult } from "../experiments/capture/capture_schema.ts";
import { type CostResult, type Run, RUN_SCHEMA } from "../experiments/run/run_schema.ts";

/** A cost result that the schema accepts, for tests and benches. */
export function sampleCost(changes: Partial<CostResult> = {}): CostResult {
  return {
    experiment: "cost",
    technique: "mprotect",
    siblings: 1,
    callers: 1,
    placement: "same-cache",
    callerCpus: [0],
    siblingCpus: [1],
    available: true,
    reason: null,
    errno: null,
    registerNs: null,
    count: 30,
    dropped: 10,
    droppedWhy: { beforeNotRunning: 4, afterNotRunning: 5, preempted: 1 },
    opsPerSample: 1,
    ns: {
      min: 1000,
      p50: 16_000,
      p90: 18_000,
      p99: 24_000,
      p999: 24_500,
      max: 25_000,
      mean: 15_500,
    },
    // 1 µs, 16 µs and 25 µs, in picoseconds.
    histogram: { unit: "ps", precisionBits: 7, index: [1780, 2292, 2366], count: [3, 20, 7] },
    ipisPerOp: { value: 1.0126, source: "perf", ops: 40, interrupts: 41 },
    priority: "fifo",
    seconds: 0.3,
    ...changes,
  };
}

/** A small run that the schema accepts, for tests and benches. */
export function sampleRun(changes: Partial<Run> = {}): Run {
  return {
    schema: RUN_SCHEMA,
    id: "20261121T010438Z-local-3fa2",
    startedAt: "2026-11-21T01:04:38Z",
    seconds: 12.3,
    plan: { name: "quick" },
    command: "deno task lab run --plan quick",
    fencelab: { version: "0.1.0", build: "0123abcd" },
    host: {
      name: "local",
      via: "local",
      transport: "ffi",
      arch: "x86_64",
      kernel: "6.18.44",
      cpus: 2,
      pageSize: 4096,
      emulated: false,
      hypervisor: "kvm",
    },
    environment: {},
    warnings: [],
    results: [
      {
        experiment: "conformance",
        cases: [{
          name: "private-expedited unregistered",
          expected: "EPERM",
          actual: "EPERM",
          pass: true,
          skipped: false,
          note: null,
        }],
      },
      sampleCost(),
    ],
    ...changes,
  };
}

/** The result of a capture without techniques. */
export function sampleCapture(changes: Partial<CaptureResult> = {}): CaptureResult {
  return {
    experiment: "capture",
    available: true,
    reason: null,
    errno: null,
    trace: "capture.pftrace",
    index: null,
    ladder: "csd",
    events: 1,
    lost: 0,
    sends: 0,
    matched: 0,
    stoppedBy: null,
    techniques: [],
    worst: [],
    ...changes,
  };
}

/** One technique of a capture: 100 operations that interrupted CPU 1 once each. */
export function sampleCaptured(changes: Partial<CapturedTechnique> = {}): CapturedTechnique {
  const ns = { count: 100, p50: 8000, p99: 9000, max: 9500 };
  return {
    technique: "munmap",
    available: true,
    reason: null,
    ops: 100,
    ipisPerOp: 1,
    countedPerOp: { perf: 1, procInterrupts: 1, flushes: 2, cycles: null },
    targets: [1],
    untracedNs: { ...ns, p50: 12_000 },
    tracedNs: { ...ns, p50: 14_000 },
    enterToSendNs: { ...ns, p50: 2_000 },
    sendToEntryNs: ns,
    handlerNs: { ...ns, p50: 900 },
    exitToReturnNs: { ...ns, p50: 700 },
    functions: ["flush_tlb_func"],
    callSites: ["on_each_cpu_cond_mask"],
    ...changes,
  };
}
