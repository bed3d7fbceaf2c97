/** What litmus shapes mean, which architectures allow their weak outcomes, and what follows. */

import type { Shape } from "./shapes_schema.ts";
import { observationOf } from "./observation.ts";

/** A shape's weak outcome. */
interface ShapeMeaning {
  /** What it shows where it is seen. */
  readonly shows: string;
  /** Architectures that allow it with plain accesses; "Herding cats" (2014), Arm ARM B2.3. */
  readonly allowedBy: readonly string[];
}

const EVERY = ["x86_64", "aarch64", "ppc64le"] as const;
const RELAXED = ["aarch64", "ppc64le"] as const;

const MEANINGS: Readonly<Record<string, ShapeMeaning>> = {
  SB: { shows: "a store is delayed past a later load", allowedBy: EVERY },
  R: { shows: "a store is delayed past a later load, seen by a store", allowedBy: EVERY },
  MP: { shows: "two stores, or two loads, change places", allowedBy: RELAXED },
  LB: { shows: "a load is delayed past a later store", allowedBy: RELAXED },
  S: { shows: "two stores, or a load and a store, change places", allowedBy: RELAXED },
  "2+2W": { shows: "two stores change places", allowedBy: RELAXED },
  IRIW: { shows: "two CPUs see two stores in different orders", allowedBy: RELAXED },
  CoRR: { shows: "two loads of one variable go back in time", allowedBy: [] },
};

/** What follows from one shape's counts. */
export interface ShapeFinding {
  /**
   * `seen`: the host reorders so; `not-seen`: it may, and did not; `passed`: it must not, and did
   * not; `broken`: it must not, and did; `not-run`.
   */
  readonly outcome: "seen" | "not-seen" | "passed" | "broken" | "not-run";
  readonly words: string;
}

/** What follows from a shape's counts on a host. */
export function findingOf(
  shape: Shape,
  host: { readonly arch: string; readonly emulated: boolean },
): ShapeFinding {
  const meaning = MEANINGS[shape.shape];
  if (!shape.ran) {
    return { outcome: "not-run", words: `not run: ${shape.why ?? "no reason given"}` };
  }
  if (!meaning) return { outcome: "not-seen", words: "this fencelab does not know the shape" };
  const { shows, allowedBy } = meaning;
  if (shape.barrier === "fence") {
    return shape.weak > 0
      ? { outcome: "broken", words: `FORBIDDEN with full fences, and yet ${shows}` }
      : { outcome: "passed", words: "forbidden by full fences" };
  }
  if (!allowedBy.includes(host.arch)) {
    const by = allowedBy.length === 0 ? "coherence" : "the architecture";
    return shape.weak > 0
      ? { outcome: "broken", words: `FORBIDDEN by ${by}, and yet ${shows}` }
      : { outcome: "passed", words: `forbidden by ${by}` };
  }
  if (shape.weak > 0) return { outcome: "seen", words: shows };
  return {
    outcome: "not-seen",
    words: host.emulated && !allowedBy.includes("x86_64")
      ? "not observable under emulation on an x86 host (TSO)"
      : "allowed by the architecture, not seen here",
  };
}

/** The line of one shape in the manner of litmus7. */
export function shapeObservation({ shape, barrier, weak, iterations }: Shape): string {
  return observationOf(barrier === "fence" ? `${shape}+fences` : shape, weak, iterations);
}
