/** Whether a technique may be relied on at a place: by contract, by what was seen, or not. */

import type { Run } from "../run_schema.ts";
import { findTechnique } from "../techniques.ts";
import { measuredOf } from "./measured.ts";

/** How far a technique can be relied on. */
export type Soundness =
  /** Documentation promises it. */
  | "by contract"
  /** Nothing promises it; it was seen to work here. */
  | "observed"
  /** It was seen not to work, or cannot. */
  | "unsound"
  /** Nothing promises it, and this run cannot tell. */
  | "unknown"
  /** There is no asymmetric fence, so nothing to be unsound. */
  | "no fence";

/** What is asked of a technique. */
export type Need = "ordering" | "core-sync" | "rseq-restart";

/** A soundness with its reason. */
export interface Judged {
  readonly soundness: Soundness;
  readonly why: string;
}

/** Interrupts per operation below which a technique does not interrupt its siblings. */
const NO_INTERRUPT = 0.5;

const TLB = /^(mprotect|munmap|madvise|mremap)/;

/** Kernels of these architectures flush TLBs by broadcast (Arm ARM TLBI …IS, Power ISA tlbie). */
const BROADCASTS: readonly string[] = ["aarch64", "ppc64le"];

/** Judges a technique for a need on the host of a run. */
export function soundnessOf(run: Run, technique: string, need: Need): Judged {
  const { verdict, interruptsPerOp } = measuredOf(run, technique);
  const promise = findTechnique(technique)?.promise;
  if (verdict === "not-ordered") {
    return { soundness: "unsound", why: "forbidden outcomes were seen here" };
  }
  if (need === "ordering" && promise?.startsWith("ordering")) {
    const seen = verdict === "ordered" ? "; seen to order here" : "";
    return { soundness: "by contract", why: `documented to order memory${seen}` };
  }
  if (need === "core-sync") {
    return promise === "ordering+core-sync"
      ? { soundness: "by contract", why: "documented to serialise the cores of siblings" }
      : { soundness: "unsound", why: "not documented to serialise cores, only to order memory" };
  }
  if (need === "rseq-restart") {
    if (promise === "rseq-restart") {
      return { soundness: "by contract", why: "documented to restart rseq critical sections" };
    }
    if (technique === "affinity-walk") {
      return {
        soundness: "observed",
        why: "running on each CPU in turn preempts whoever is in a section there; the kernel " +
          "restarts sections on preemption, but documents nothing for this use",
      };
    }
  }
  if (TLB.test(technique)) return shootdown(run, interruptsPerOp, verdict);
  return verdict === "ordered"
    ? { soundness: "observed", why: "seen to order here; nothing promises it" }
    : { soundness: "unknown", why: "nothing promises it, and this run does not tell" };
}

/** TLB tricks live on an interrupt that only some architectures and kernels send. */
function shootdown(run: Run, interrupts: number | null, verdict: string | null): Judged {
  const measured = interrupts === null ? "" : ` (${interrupts.toFixed(2)} per operation measured)`;
  if (interrupts !== null && interrupts < NO_INTERRUPT) {
    return {
      soundness: "unsound",
      why:
        `no interrupt reaches the siblings${measured}, so a compiler barrier there orders nothing`,
    };
  }
  if (BROADCASTS.includes(run.host.arch) && interrupts === null) {
    return {
      soundness: "unsound",
      why: `${run.host.arch} flushes TLBs by broadcast, without an interrupt`,
    };
  }
  if (interrupts === null) {
    return { soundness: "unknown", why: "this run did not count its interrupts" };
  }
  return {
    soundness: "observed",
    why: `rests on an interrupt that the kernel does not promise${measured}` +
      (verdict === "ordered" ? "; seen to order here" : ""),
  };
}
