import type { Arrangement } from "./arrangements.ts";
import { sideOf } from "./testdata/counts.ts";
import { resultsWith } from "./testdata/runs.ts";
import type { OrderingCounts } from "./ordering_schema.ts";
import type { ShapesResult } from "./shapes_schema.ts";
import { factsOf } from "../../environment/testdata/fixtures.ts";
import { testCases, type WarningCase } from "../../warnings/testdata/warning_cases.ts";

function after(change: (one: Arrangement) => Partial<OrderingCounts> = () => ({})): WarningCase {
  return { facts: factsOf("xeon"), results: resultsWith(change) };
}

/** Everything as expected, but for one arrangement's forbidden outcomes. */
function weakIn(
  technique: string,
  role: Arrangement["role"],
  weak: number,
  light?: string,
): WarningCase {
  return after((one) =>
    one.technique === technique && one.role === role && one.parameters["light"] === light
      ? { counts: sideOf(weak, 20_000) }
      : {}
  );
}

function shape(name: string, barrier: "none" | "fence", weak: number): WarningCase {
  const one = { shape: name, threads: 2, barrier, iterations: 1000, weak, ran: true, why: null };
  const result: ShapesResult = {
    experiment: "shapes",
    cpus: [0, 1],
    shapes: [one],
    priority: "fifo",
    seconds: 1,
  };
  return { facts: factsOf("xeon"), results: [result] };
}

const nothing: WarningCase = { facts: factsOf("xeon") };

testCases({
  W042: {
    on: [weakIn("fence", "control", 1, "fence"), shape("SB", "fence", 1), shape("MP", "none", 1)],
    off: [nothing, after(), shape("SB", "none", 1), shape("SB", "fence", 0)],
  },
  W043: {
    on: [weakIn("none", "control", 1999), weakIn("fence", "control", 0)],
    off: [nothing, after(), weakIn("none", "control", 2000)],
  },
  W044: {
    on: [
      weakIn("signal", "technique", 1),
      after(({ role }) => role === "scenario" ? { counts: sideOf(1, 20_000) } : {}),
    ],
    off: [nothing, after(), weakIn("mremap", "technique", 1)],
  },
  W045: {
    on: [weakIn("mutant-early", "mutant", 0)],
    off: [
      nothing,
      after(),
      after(({ role }) =>
        role === "mutant" ? { counts: sideOf(0, 20_000), delay: sideOf(0, 10_000) } : {}
      ),
    ],
  },
  W053: {
    on: [
      after((one) =>
        one.technique === "delay"
          ? { counts: sideOf(6000, 20_000), delay: sideOf(9000, 10_000) }
          : {}
      ),
      after(({ technique }) => technique === "munmap" ? { ruler: { turns: 100, brief: 2 } } : {}),
    ],
    off: [
      nothing,
      after(),
      after(({ technique }) => technique === "munmap" ? { ruler: { turns: 100, brief: 1 } } : {}),
    ],
  },
  W055: {
    on: [
      after(({ parameters: { registered } }) =>
        registered === "lazily" ? { registered, kept: "kept", counts: sideOf(5, 20_000) } : {}
      ),
    ],
    off: [
      nothing,
      after(),
      after(({ parameters: { registered } }) =>
        registered === "lazily" ? { registered, kept: "forgot", counts: sideOf(0, 0) } : {}
      ),
    ],
  },
  W046: {
    on: [weakIn("mprotect-untouched", "control", 0)],
    off: [nothing, after(), weakIn("mprotect-untouched", "control", 1)],
  },
});
