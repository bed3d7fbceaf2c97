import { assertEquals } from "@std/assert";
import type { Machine } from "../step.ts";
import { rseqSteps } from "./rseq_steps.ts";

/** Cores with one thread each, one cache for all. */
function machine(cpus: number): Machine {
  const topology = Array.from({ length: cpus }, (_, cpu) => {
    return { cpu, core: `${cpu}`, cache: "cache", node: "node", package: "package" };
  });
  return { topology, allowed: topology.map(({ cpu }) => cpu), arch: "x86_64" };
}

/** Technique, where its calls aim, the CPU that they name and the siblings, in this order. */
function asked(cpus: number): unknown[] {
  const techniques = ["membarrier-rseq", "membarrier-rseq-cpu"];
  const plan = { experiment: "rseq", techniques, calls: 500, seconds: 0.5 } as const;
  return rseqSteps({ ...plan, techniques }, machine(cpus)).steps.map((
    { technique, aim, parameters },
  ) => [technique, aim, parameters["aim"], parameters["sibling-cpus"]]);
}

Deno.test("rseqSteps() names the caller's own CPU where there is none for a bystander", () => {
  assertEquals(asked(2), [
    ["membarrier-rseq", "all", 1, [1]],
    ["membarrier-rseq-cpu", "sibling", 1, [1]],
    ["membarrier-rseq-cpu", "caller", 0, [1]],
  ]);
});

Deno.test("rseqSteps() takes as many siblings as there are CPUs, one of them to be aimed at", () => {
  assertEquals(asked(4), [
    ["membarrier-rseq", "all", 1, [1]],
    ["membarrier-rseq", "all", 1, [1, 2, 3]],
    ["membarrier-rseq-cpu", "sibling", 1, [1, 2, 3]],
  ]);
});

Deno.test("rseqSteps() says what there are no CPUs for", () => {
  const plan = {
    experiment: "rseq",
    techniques: ["membarrier-rseq"],
    calls: 1,
    seconds: 1,
  } as const;
  const leftOut = (cpus: number): string[] =>
    rseqSteps({ ...plan, techniques: [...plan.techniques] }, machine(cpus)).leftOut.map((
      { what },
    ) => what);
  assertEquals([1, 2, 3].map(leftOut), [["rseq"], ["rseq beside several siblings"], []]);
});
