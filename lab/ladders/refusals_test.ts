import { assertEquals } from "@std/assert";
import type { ConformanceResult, Result, Run } from "../experiments/run/run_schema.ts";
import { sampleCost, sampleRun } from "../testdata/sample_run.ts";
import { assessLadders } from "./assess.ts";

/** A conformance result with answers of some cases. */
function conformance(actual: Record<string, string>, membarrier = "native"): Result {
  const cases = Object.entries(actual).map((
    [name, answer],
  ): ConformanceResult["cases"][number] => ({
    name,
    expected: "0",
    actual: answer,
    pass: true,
    skipped: false,
    note: null,
  }));
  return { experiment: "conformance", membarrier, cases } as Result;
}

function brief(run: Run, library: string): string {
  const { technique, rung, soundness } = assessLadders(run).find((one) =>
    one.library === library && one.situation === "available"
  )!;
  return `${technique ?? rung}: ${soundness}`;
}

function warned(code: string): Run {
  return sampleRun({
    results: [],
    warnings: [{ code, message: "m", remedy: "r", invalidates: false }],
  });
}

Deno.test("as the host is: refusals that conformance or a warning shows lead on", () => {
  const bp = (...results: Result[]): string => brief(sampleRun({ results }), "liburcu bp");
  const fences = "full fences on both sides: by contract";
  const dies = "dies at its first membarrier: no fence";
  assertEquals(bp(conformance({}, "filtered-enosys")), fences);
  assertEquals(bp(conformance({}, "filtered-eperm")), fences);
  assertEquals(bp(conformance({}, "filtered-kill")), dies);
  assertEquals(bp(conformance({ QUERY: "ENOSYS" })), fences);
  assertEquals(bp(conformance({ QUERY: "EPERM" })), fences);
  assertEquals(bp(conformance({ QUERY: "killed (SIGSYS)" })), dies);
  assertEquals(bp(conformance({ "PRIVATE_EXPEDITED registered, two threads": "EINVAL" })), fences);
  assertEquals(brief(warned("W023"), "liburcu bp"), fences);
  assertEquals(brief(warned("W024"), "liburcu bp"), dies);
});

Deno.test("as the host is: by contract only where membarrier was seen granted", () => {
  const of = (...results: Result[]): string => brief(sampleRun({ results }), "liburcu bp");
  const technique = "membarrier-private-expedited";
  assertEquals(of(), `${technique}: unknown`);
  assertEquals(of(conformance({ QUERY: "consistent" })), `${technique}: unknown`);
  assertEquals(of(sampleCost({ technique })), `${technique}: by contract`);
  assertEquals(
    of(conformance({ QUERY: "consistent", "PRIVATE_EXPEDITED registered, two threads": "0" })),
    `${technique}: by contract`,
  );
});

Deno.test("mlock that a measurement met refused is refused", () => {
  const refused = (technique: string, reason: string): Run =>
    sampleRun({
      results: [
        conformance({ QUERY: "ENOSYS" }),
        sampleCost({ technique, available: false, reason, errno: "EPERM" }),
      ],
    });
  for (const reason of ["mlock: EPERM", "mlock: ENOMEM"]) {
    const run = refused("mprotect-dotnet", reason);
    assertEquals(brief(run, ".NET"), "refuses to start: no fence");
    assertEquals(brief(run, "Julia"), "signal: by contract");
    assertEquals(brief(run, "membarrier-rs"), "mprotect-dotnet: unknown");
  }
  assertEquals(brief(refused("mprotect", "mlock: EPERM"), "OpenJ9"), "refuses to start: no fence");
  assertEquals(brief(warned("W015"), "OpenJ9"), "refuses to start: no fence");
  assertEquals(brief(refused("mprotect", "mmap: ENOMEM"), "OpenJ9"), "mprotect-dotnet: unknown");
});
