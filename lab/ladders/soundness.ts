/** Whether a technique may be relied on at a place: by contract, by what was seen, or not. */

import { bootOption } from "../environment/kernel.ts";
import type { HostRun } from "../experiments/run/host_evidence.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { familyOf, findTechnique } from "../format/techniques.ts";
import type { Need } from "../judgement/result_kind.ts";
import { type Failure, failuresOf, orderedOf } from "./evidence.ts";
import { countsOf, measuredOf } from "./measured.ts";

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

/** A soundness with its reason. */
export interface Judged {
  readonly soundness: Soundness;
  readonly why: string;
}

/** Interrupts per operation below which a technique does not interrupt its siblings. */
const NO_INTERRUPT = 0.5;

/** From here on each operation interrupts the sibling, but for the odd one that is not counted. */
const ONE_INTERRUPT = 0.9;

/** Kernels of these architectures flush TLBs by broadcast (Arm ARM TLBI …IS, Power ISA tlbie). */
const BROADCASTS: readonly string[] = ["aarch64", "ppc64le"];

/** Judges a technique for a need on the host of a run. */
export function soundnessOf(run: Run | HostRun, technique: string, need: Need): Judged {
  const failures = failuresOf(run, technique, need);
  if (failures.length > 0) return { soundness: "unsound", why: failureWords(failures) };
  const { available, reason } = measuredOf(run, technique);
  if (available === false) {
    return { soundness: "unsound", why: `could not be used here: ${reason ?? "no reason given"}` };
  }
  const promise = findTechnique(technique)?.promise;
  const ordered = orderedOf(run, technique);
  if (need === "ordering" && promise?.startsWith("ordering")) {
    const seen = ordered.verdict === "ordered" ? "; seen to order here" : "";
    return { soundness: "by contract", why: `documented to order memory${seen}` };
  }
  if (need === "core-sync") {
    return promise === "ordering+core-sync"
      ? { soundness: "by contract", why: "documented to serialise the cores of siblings" }
      : { soundness: "unsound", why: "not documented to serialise cores, only to order memory" };
  }
  if (need === "rseq-restart" && promise === "rseq-restart") {
    return { soundness: "by contract", why: "documented to restart rseq critical sections" };
  }
  if (familyOf(technique) === "mappings") return shootdown(run, technique);
  const seen = ordered.verdict === "ordered";
  const soundness = seen ? "observed" : "unknown";
  if (need === "rseq-restart" && technique === "affinity-walk") {
    return {
      soundness,
      why: "running on each CPU in turn preempts whoever is in a section there; the kernel " +
        "restarts sections on preemption, but documents nothing for this use" +
        (seen ? "; seen to order here" : `, ${notShown(run, technique)}`),
    };
  }
  return {
    soundness,
    why: seen
      ? "seen to order here; nothing promises it"
      : `nothing promises it, ${notShown(run, technique)}`,
  };
}

/** What was seen, where, and by which runs. */
export function failureWords(failures: readonly Failure[]): string {
  const [first, ...more] = failures;
  const others = more.length === 0 ? "" : `; and ${more.length} more`;
  return `seen to fail here: ${first!.situation}, run ${first!.run}${others}`;
}

function notShown(run: Run | HostRun, technique: string): string {
  const { doubted } = orderedOf(run, technique);
  if (doubted === null) return "not shown to order here";
  const codes = doubted.doubts.map(({ code }) => code).join(", ");
  return `not shown to order here: run ${doubted.run} says so, but warns ${codes}`;
}

/** TLB tricks live on an interrupt that only some architectures and kernels send. */
function shootdown(run: Run | HostRun, technique: string): Judged {
  const counts = countsOf(run, technique);
  const own = counts.filter((count) => count.own);
  const best = own[0] ?? counts[0];
  const whose = best?.own === false ? ", whoever sent them" : "";
  const measured = best === undefined
    ? ""
    : ` (${best.perOp.toFixed(2)} per operation measured${whose})`;
  const ordered = orderedOf(run, technique).verdict === "ordered";
  if (BROADCASTS.includes(run.host.arch) && !(ordered && flushesByInterrupt(run))) {
    return {
      soundness: "unsound",
      why: `${run.host.arch} flushes TLBs by broadcast, without an interrupt, so a compiler ` +
        `barrier on the light side orders nothing${measured}`,
    };
  }
  // Even everybody's interrupts together are too few then
  const judged = own.length > 0 ? own : counts;
  if (judged.length > 0 && judged.every(({ perOp }) => perOp < NO_INTERRUPT)) {
    return {
      soundness: "unsound",
      why:
        `no interrupt reaches the siblings${measured}, so a compiler barrier there orders nothing`,
    };
  }
  const why = `rests on an interrupt that the kernel does not promise${measured}`;
  if (!ordered) return { soundness: "unknown", why: `${why}, ${notShown(run, technique)}` };
  if (own.length === 0) {
    return { soundness: "unknown", why: `${why}; its own interrupts were not counted here` };
  }
  return own.every(({ perOp }) => perOp >= ONE_INTERRUPT)
    ? { soundness: "observed", why: `${why}; seen to order here` }
    : { soundness: "unknown", why: `${why}, and not every operation interrupts` };
}

/** Whether the environment says that the broadcast is turned off (ppc64le, not with the hash MMU). */
function flushesByInterrupt({ host, environment }: Run): boolean {
  const kernel = environment["kernel"] as { cmdline?: unknown } | null | undefined;
  const cpu = environment["cpu"] as { mmu?: unknown } | null | undefined;
  const cmdline = typeof kernel?.cmdline === "string" ? kernel.cmdline : null;
  return host.arch === "ppc64le" && cpu?.mmu === "radix" &&
    bootOption(cmdline, "disable_tlbie") !== null;
}
