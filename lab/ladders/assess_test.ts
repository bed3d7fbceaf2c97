import { assert, assertEquals } from "@std/assert";
import { sideOf } from "../experiments/ordering/testdata/counts.ts";
import { resultsWith } from "../experiments/ordering/testdata/runs.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { sampleCost, sampleRun } from "../testdata/sample_run.ts";
import { familyOf, findTechnique, techniques } from "../format/techniques.ts";
import { assessLadders, type Landing, type Situation } from "./assess.ts";
import { ladders } from "./ladders.ts";

/** Interrupts that a technique sends to one sibling: TLB techniques only where flushes are interrupts. */
function interruptsOf(technique: string, arch: string): number {
  if (familyOf(technique) === "mappings") return arch === "x86_64" ? 1 : 0;
  return 1;
}

/** A run with costs of all techniques on an architecture. */
function runOn(arch: Run["host"]["arch"], change: Partial<Run> = {}): Run {
  const results = techniques.map(({ id }) =>
    sampleCost({
      technique: id,
      ipisPerOp: { value: interruptsOf(id, arch), source: "perf", ops: 100, interrupts: 100 },
    })
  );
  const run = sampleRun({ results, ...change });
  return { ...run, host: { ...run.host, arch } };
}

function landing(run: Run, library: string, situation: Situation): Landing {
  const found = assessLadders(run).find((one) =>
    one.library === library && one.situation === situation
  );
  assert(found, `${library}, ${situation}`);
  return found!;
}

function brief(run: Run, library: string, situation: Situation): string {
  const { technique, rung, soundness } = landing(run, library, situation);
  return `${technique ?? rung}: ${soundness}`;
}

Deno.test("folly and .NET without membarrier are unsound where flushes are broadcast", () => {
  for (const arch of ["aarch64", "ppc64le"] as const) {
    for (const situation of ["eperm", "enosys"] as const) {
      assertEquals(brief(runOn(arch), "folly", situation), "mprotect-folly: unsound");
      assertEquals(brief(runOn(arch), ".NET", situation), "mprotect-dotnet: unsound");
    }
  }
  // Even before anything was counted there
  const uncounted = runOn("aarch64", { results: [sampleCost({ ipisPerOp: null })] });
  assertEquals(brief(uncounted, "folly", "eperm"), "mprotect-folly: unsound");
});

Deno.test("on x86-64 they rest on an interrupt that the kernel does not promise", () => {
  const costs = runOn("x86_64").results;
  const seen = runOn("x86_64", { results: [...costs, ...resultsWith()] });
  for (const library of ["folly", ".NET"]) {
    for (const [run, expected] of [[seen, "observed"], [runOn("x86_64"), "unknown"]] as const) {
      const { soundness, why } = landing(run, library, "eperm");
      assertEquals(soundness, expected);
      assert(why.startsWith("rests on an interrupt that the kernel does not promise"), why);
      assertEquals(why.includes("not shown to order here"), expected === "unknown", why);
    }
  }
});

Deno.test("folly takes mprotect on ppc64le although membarrier is there", () => {
  assertEquals(brief(runOn("ppc64le"), "folly", "available"), "mprotect-folly: unsound");
  assertEquals(
    brief(runOn("aarch64"), "folly", "available"),
    "membarrier-private-expedited: by contract",
  );
});

Deno.test("Julia leaves mprotect out on arm64 and stays sound", () => {
  for (const situation of ["available", "eperm", "enosys", "no-mlock"] as const) {
    assertEquals(landing(runOn("aarch64"), "Julia", situation).soundness, "by contract", situation);
  }
  assertEquals(brief(runOn("aarch64"), "Julia", "eperm"), "signal: by contract");
});

Deno.test("a filter that kills ends every library that calls membarrier first", () => {
  const dying = assessLadders(runOn("aarch64")).filter(({ situation }) => situation === "killed")
    .filter(({ rung }) => rung === "dies at its first membarrier").map(({ library }) => library);
  assertEquals(dying.includes("OpenJ9"), false);
  assertEquals(dying.length, ladders.length - 1);
});

Deno.test("mlock that is refused keeps .NET and OpenJ9 from starting, and membarrier-rs not", () => {
  const run = runOn("x86_64");
  assertEquals(brief(run, ".NET", "no-mlock"), "refuses to start: no fence");
  assertEquals(brief(run, "OpenJ9", "no-mlock"), "refuses to start: no fence");
  assertEquals(brief(run, "membarrier-rs", "no-mlock"), "mprotect-dotnet: unknown");
  assertEquals(brief(run, "Julia", "no-mlock"), "signal: by contract");
});

Deno.test("a membarrier that the host refused leads on, as a filter would", () => {
  const run = runOn("x86_64");
  for (const result of run.results) {
    if (result.experiment === "cost" && result.technique === "membarrier-private-expedited") {
      result.available = false;
    }
  }
  assertEquals(brief(run, "liburcu memb", "available"), "membarrier-global: by contract");
  assertEquals(
    brief(run, "liburcu bp", "available"),
    "full fences on both sides: by contract",
  );
});

Deno.test("a forbidden outcome that was seen overrules contract and interrupt", () => {
  const results = resultsWith(({ technique, role }) =>
    role === "technique" && ["signal", "mprotect-folly"].includes(technique)
      ? { counts: sideOf(1, 20_000) }
      : {}
  );
  const run = runOn("x86_64", { results });
  assertEquals(brief(run, "musl dlopen", "eperm"), "signal: unsound");
  assertEquals(brief(run, "folly", "eperm"), "mprotect-folly: unsound");
});

Deno.test("wasmtime on arm64 falls back to a command that does not serialise cores", () => {
  const run = runOn("aarch64");
  for (const result of run.results) {
    if (result.experiment === "cost" && result.technique === "membarrier-sync-core") {
      result.available = false;
    }
  }
  assertEquals(brief(run, "wasmtime", "available"), "membarrier-global: unsound");
  assertEquals(
    brief(run, "SpiderMonkey", "available"),
    "no code is replaced while other threads run: no fence",
  );
});

Deno.test("wasmtime needs no fence on x86-64, and has none where it does not run", () => {
  assertEquals(
    brief(runOn("x86_64"), "wasmtime", "killed"),
    "nothing: x86-64 keeps instructions coherent: by contract",
  );
  assertEquals(brief(runOn("ppc64le"), "wasmtime", "killed"), "nothing: not compiled in: no fence");
});

Deno.test("every rung names a technique of the lab, and every ladder its source", () => {
  for (const { library, source, rungs } of ladders) {
    assert(source.length > 10 && rungs.length > 0, library);
    for (const { technique, requires } of rungs) {
      assert(technique === null || findTechnique(technique), `${library}: ${technique}`);
      if (typeof requires === "object") assert(findTechnique(requires.membarrier), library);
    }
  }
});
