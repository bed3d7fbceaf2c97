import { assertEquals } from "@std/assert";
import type { Shape } from "./shapes_schema.ts";
import { findingOf, shapeObservation } from "./shapes.ts";

function shape(name: string, weak: number, changes: Partial<Shape> = {}): Shape {
  return {
    shape: name,
    threads: 2,
    barrier: "none",
    iterations: 1000,
    weak,
    ran: true,
    why: null,
    ...changes,
  };
}

const x86 = { arch: "x86_64", emulated: false };
const arm = { arch: "aarch64", emulated: false };
const emulated = { arch: "ppc64le", emulated: true };

const CASES: readonly [Shape, typeof x86, string, string][] = [
  [shape("SB", 5), x86, "seen", "a store is delayed past a later load"],
  [shape("SB", 0), x86, "not-seen", "allowed by the architecture, not seen here"],
  [shape("MP", 0), x86, "passed", "forbidden by the architecture"],
  [
    shape("MP", 1),
    x86,
    "broken",
    "FORBIDDEN by the architecture, and yet two stores, or two loads, change places",
  ],
  [shape("MP", 1), arm, "seen", "two stores, or two loads, change places"],
  [shape("IRIW", 0), arm, "not-seen", "allowed by the architecture, not seen here"],
  [
    shape("MP", 0),
    emulated,
    "not-seen",
    "not observable under emulation on an x86 host (TSO)",
  ],
  [shape("R", 0), emulated, "not-seen", "allowed by the architecture, not seen here"],
  [
    shape("CoRR", 1),
    arm,
    "broken",
    "FORBIDDEN by coherence, and yet two loads of one variable go back in time",
  ],
  [shape("CoRR", 0), arm, "passed", "forbidden by coherence"],
  [shape("SB", 0, { barrier: "fence" }), emulated, "passed", "forbidden by full fences"],
  [
    shape("SB", 1, { barrier: "fence" }),
    emulated,
    "broken",
    "FORBIDDEN with full fences, and yet a store is delayed past a later load",
  ],
  [
    shape("IRIW", 0, { ran: false, why: "it needs 4 CPUs, 2 can be used" }),
    x86,
    "not-run",
    "not run: it needs 4 CPUs, 2 can be used",
  ],
];

for (const [given, host, outcome, words] of CASES) {
  const where = `${host.emulated ? "emulated " : ""}${host.arch}`;
  Deno.test(`findingOf(): ${shapeObservation(given)} on ${where} is ${outcome}`, () => {
    assertEquals(findingOf(given, host), { outcome, words });
  });
}

Deno.test("shapeObservation() gives the line of litmus7", () => {
  assertEquals(shapeObservation(shape("SB", 40)), "Observation SB Sometimes 40 960");
  assertEquals(shapeObservation(shape("MP", 0)), "Observation MP Never 0 1000");
  assertEquals(shapeObservation(shape("R", 1000)), "Observation R Always 1000 0");
  assertEquals(
    shapeObservation(shape("2+2W", 0, { barrier: "fence" })),
    "Observation 2+2W+fences Never 0 1000",
  );
});
