import { assertEquals } from "@std/assert";
import { mergeResults } from "./merge_results.ts";
import { sourceOf } from "./run/host_evidence.ts";
import { hostIdentity } from "./run/host_identity.ts";
import { resultsWith } from "./ordering/testdata/runs.ts";
import type { Host, Result, Run } from "./run/run_schema.ts";
import type { OrderingResult } from "./ordering/ordering_schema.ts";
import { sampleRcu } from "../testdata/sample_rcu.ts";
import { sampleCapture, sampleCaptured, sampleCost, sampleRun } from "../testdata/sample_run.ts";

type Says = OrderingResult["verdict"] | "doubted";

/** A run with one verdict about munmap, or about a mutant. */
function saying(minute: number, says: Says, role: "technique" | "mutant" = "technique"): Run {
  const technique = role === "mutant" ? "mutant-noop" : "munmap";
  const results = resultsWith().filter((one) => one.technique === technique && one.role === role)
    .map((one) => ({ ...one, verdict: says === "doubted" ? "ordered" as const : says }));
  const warning = { code: "W045", message: "m", remedy: "r", invalidates: true };
  return sampleRun({
    id: `20261121T01${String(minute).padStart(2, "0")}00Z-local-0001`,
    results,
    warnings: says === "doubted" ? [warning] : [],
  });
}

/** The verdict and the minute of the run that prevails, the newest being named first. */
function prevailing(says: Says[], role?: "mutant"): string[] {
  const runs = says.map((one, at) => saying(59 - at, one, role));
  return [...mergeResults(runs)].map(([result, run]) =>
    `${(result as OrderingResult).verdict} of ${says[runs.indexOf(run)]} ${runs.indexOf(run)}`
  );
}

Deno.test("mergeResults() lets no newer run hide a proof, however old it is", () => {
  for (const newer of ["ordered", "starved", "not-discriminable", "doubted"] as const) {
    const many = Array.from({ length: 40 }, () => newer);
    assertEquals(prevailing([...many, "not-ordered"]), ["not-ordered of not-ordered 40"]);
  }
});

Deno.test("mergeResults() prefers what was seen to what could not be, and then the newest", () => {
  assertEquals(prevailing(["starved", "ordered"]), ["ordered of ordered 1"]);
  assertEquals(prevailing(["ordered", "ordered"]), ["ordered of ordered 0"]);
  assertEquals(prevailing(["starved", "not-discriminable"]), ["starved of starved 0"]);
  assertEquals(prevailing(["doubted", "ordered"]), ["ordered of ordered 1"]);
  assertEquals(prevailing(["starved", "doubted"]), ["starved of starved 0"]);
});

Deno.test("mergeResults() does not take the newest run's blindness for proof of an older one", () => {
  assertEquals(prevailing(["ordered", "not-ordered"], "mutant"), ["ordered of ordered 0"]);
});

Deno.test("mergeResults() keeps readers that held freed objects", () => {
  const of = (stale: number, mutant = false): Run =>
    sampleRun({ results: [sampleRcu({ mode: "torture", stale, mutant })] });
  const stale = (...runs: Run[]): number[] =>
    [...mergeResults(runs).keys()].map((result) => result.experiment === "rcu" ? result.stale : -1);
  assertEquals(stale(of(0), of(3)), [3]);
  assertEquals(stale(of(0, true), of(3, true)), [0]);
});

Deno.test("mergeResults() takes no failure for newer evidence than a measurement", () => {
  const reasons = (...results: Result[]): (string | null | undefined)[] =>
    [...mergeResults(results.map((result) => sampleRun({ results: [result] }))).keys()]
      .map((result) => "available" in result ? result.reason : undefined);
  const failed = { available: false, outcome: "failed", reason: "EINVAL", count: 0 } as const;
  const refused = { available: false, outcome: "refused", reason: "EPERM", count: 0 } as const;
  assertEquals(reasons(sampleCost(failed), sampleCost()), [null]);
  assertEquals(reasons(sampleCost(failed), sampleCost(failed), sampleCost(refused)), ["EPERM"]);
  assertEquals(reasons(sampleCost(refused), sampleCost()), ["EPERM"], "the kernel may be another");
  assertEquals(reasons(sampleCost(), sampleCost(failed)), [null]);
  // Older cores told failures as refusals
  const old = { available: false, reason: "the crew's threads cannot start: EINVAL" };
  assertEquals(reasons(sampleRcu({ ...old, reads: 0 }), sampleRcu()), [null]);
  assertEquals(reasons(sampleCost({ count: 0, reason: "starved" }), sampleCost()), [null]);
});

Deno.test("mergeResults() keeps what a capture measured of one technique beside a failure", () => {
  const failed = { available: false, outcome: "failed", reason: "EINVAL", ops: 0 } as const;
  const of = (munmap: object, signal: object): Run =>
    sampleRun({
      results: [sampleCapture({
        techniques: [
          sampleCaptured({ technique: "munmap", ...munmap }),
          sampleCaptured({ technique: "signal", ...signal }),
        ],
      })],
    });
  const kept = [...mergeResults([of(failed, {}), of({}, { ops: 7 })]).keys()]
    .flatMap((result) => result.experiment === "capture" ? result.techniques : [])
    .map(({ technique, ops }) => `${technique} ${ops}`);
  assertEquals(kept, ["signal 100", "munmap 100"]);
});

Deno.test("sourceOf() is not misled by a run.json with a key of its own", () => {
  const [result] = [sampleCost()] as Result[];
  const run = { ...sampleRun({ results: [result!] }), sources: { get: 1 } } as unknown as Run;
  assertEquals(sourceOf(run, result!), { run: run.id, doubts: [] });
});

Deno.test("hostIdentity() tells apart whatever changes what a machine does", () => {
  const of = (host: Partial<Host>, kernel: Record<string, string> = {}, model = "AMD EPYC"): Run =>
    sampleRun({
      host: { ...sampleRun().host, ...host },
      environment: { kernel: { version: "#1", cmdline: "quiet", ...kernel }, cpu: { model } },
    });
  const guest = { cpuModel: "max" } as NonNullable<Host["guest"]>;
  const others = [
    of({ name: "other" }),
    of({ arch: "aarch64" }),
    of({ emulated: true }),
    of({ translator: { name: "qemu-user", machine: "x86_64" } }),
    of({ hypervisor: null }),
    of({ kernel: "6.1" }),
    of({ guest }),
    of({ guest: { ...guest, cpuModel: "cortex-a57" } }),
    of({}, { version: "#2" }),
    of({}, { cmdline: "quiet disable_tlbie" }),
    of({}, {}, "Intel Xeon"),
  ];
  const all = [of({}), ...others].map(hostIdentity);
  assertEquals(new Set(all).size, all.length);
  assertEquals(hostIdentity(of({})), hostIdentity(of({})));
  assertEquals(
    hostIdentity(sampleRun({ environment: { kernel: 7, cpu: null } })),
    hostIdentity(sampleRun()),
  );
});
