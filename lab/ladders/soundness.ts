/** Whether a technique may be relied on at a place: by contract, by what was seen, or not. */

import { bootOption } from "../environment/kernel.ts";
import type { HostRun } from "../experiments/run/host_evidence.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { familyOf, findTechnique, USER_PREFIX } from "../format/techniques.ts";
import type { Need } from "../judgement/result_kind.ts";
import { formatCount } from "../text/units.ts";
import {
  type Failure,
  failuresOf,
  type Ordered,
  orderedOf,
  restartsOf,
  siblingRows,
} from "./evidence.ts";
import { type Counted, countsOf, measuredOf } from "./measured.ts";

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

/**
 * Least share of operations of which the siblings noticed an interrupt, for "each operation
 * interrupts": a mean says nothing of that, for an operation may send two and the next one none.
 */
const EACH = 0.98;

/** Operations that must have been looked at for that. */
const LOOKED_AT = 100;

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
  // Who brings a fence means it to order; no documentation says so
  const promise = technique.startsWith(USER_PREFIX) ? "nothing" : findTechnique(technique)?.promise;
  const ordered = orderedOf(run, technique);
  if (need === "ordering" && promise?.startsWith("ordering")) {
    const seen = ordered.verdict === "ordered" && ordered.lacks === null
      ? `; seen to order ${upTo(ordered)} here`
      : "";
    return { soundness: "by contract", why: `documented to order memory${seen}` };
  }
  if (need === "core-sync") {
    return promise === "ordering+core-sync"
      ? { soundness: "by contract", why: "documented to serialise the cores of siblings" }
      : { soundness: "unsound", why: "not documented to serialise cores, only to order memory" };
  }
  if (need === "rseq-restart") return restarting(run, technique);
  if (familyOf(technique) === "mappings") return shootdown(run, technique);
  const seen = ordered.verdict === "ordered" && ordered.lacks === null;
  return {
    soundness: seen ? "observed" : "unknown",
    why: seen
      ? `seen to order ${upTo(ordered)} here; nothing promises it`
      : `nothing promises it, ${notShown(run, technique)}`,
  };
}

/** Order says nothing about sections: only what became of them does. */
function restarting(run: Run | HostRun, technique: string): Judged {
  const seen = restartsOf(run, technique).map(({ called, siblings }) =>
    `each of ${called.turns} calls beside ${formatCount(siblings, "sibling")}`
  );
  const measured = seen.length === 0
    ? ", not measured here"
    : `; seen to restart them here by ${seen.join(" and by ")}`;
  if (findTechnique(technique)?.promise === "rseq-restart") {
    const why = `documented to restart rseq critical sections${measured}`;
    return { soundness: "by contract", why };
  }
  const why = technique === "affinity-walk"
    ? "running on each CPU in turn preempts whoever is in a section there; the kernel restarts " +
      "sections on preemption, but documents nothing for this use"
    : "nothing promises that it restarts rseq critical sections";
  return { soundness: seen.length === 0 ? "unknown" : "observed", why: `${why}${measured}` };
}

/** What was seen, where, and by which runs. */
export function failureWords(failures: readonly Failure[]): string {
  const [first, ...more] = failures;
  const others = more.length === 0 ? "" : `; and ${more.length} more`;
  return `seen to fail here: ${first!.situation}, run ${first!.run}${others}`;
}

function notShown(run: Run | HostRun, technique: string): string {
  const { doubted, lacks, verdict } = orderedOf(run, technique);
  if (verdict === "ordered" && lacks !== null) return `seen to order a sibling here, but ${lacks}`;
  if (doubted === null) return "not shown to order here";
  const codes = doubted.doubts.map(({ code }) => code).join(", ");
  return `not shown to order here: run ${doubted.run} says so, but warns ${codes}`;
}

/** "up to 3 siblings": what was tried bounds what is known. */
function upTo({ siblings }: Ordered): string {
  return `up to ${siblings} sibling${siblings === 1 ? "" : "s"}`;
}

/** Warnings under which a flush's interrupt may be gone elsewhere, or with more siblings than so many. */
const DOUBTFUL: readonly { readonly code: string; readonly below: number }[] = [
  { code: "W033", below: 3 },
  { code: "W034", below: Infinity },
];

/** Architecture of the machine whose kernel flushes: not the program's where that is translated. */
function machineOf({ host: { arch, translator } }: Pick<Run, "host">): string {
  return translator?.machine ?? arch;
}

/** TLB tricks live on an interrupt that only some architectures and kernels send. */
function shootdown(run: Run | HostRun, technique: string): Judged {
  const counts = countsOf(run, technique);
  const own = counts.filter((count) => count.own);
  // Even everybody's interrupts together are too few then
  const judged = own.length > 0 ? own : counts;
  const least = judged.toSorted((left, right) => left.perOp - right.perOp)[0];
  const measured = least === undefined ? "" : ` (${countWords(least)})`;
  const found = orderedOf(run, technique);
  const ordered = found.verdict === "ordered" && found.lacks === null;
  const arch = machineOf(run);
  if (BROADCASTS.includes(arch) && !(ordered && flushesByInterrupt(run))) {
    const contrary = least !== undefined && least.perOp >= NO_INTERRUPT
      ? `; that interrupts were counted${measured} is not explained by that, and nothing to build on`
      : measured;
    return {
      soundness: "unsound",
      why: `${arch} flushes TLBs by broadcast, so a compiler barrier on the light side ` +
        `orders nothing${contrary}`,
    };
  }
  if (least !== undefined && least.perOp < NO_INTERRUPT) {
    return {
      soundness: "unsound",
      why:
        `no interrupt reaches the siblings${measured}, so a compiler barrier there orders nothing`,
    };
  }
  const why = `rests on an interrupt that the kernel does not promise${measured}`;
  const unknown = (because: string): Judged => ({
    soundness: "unknown",
    why: `${why}${because}`,
  });
  if (!ordered) return unknown(`, ${notShown(run, technique)}`);
  if (own.length === 0) return unknown("; its own interrupts were not counted here");
  const missed = own.some(({ perOp }) => perOp < EACH)
    ? "and not every operation interrupts"
    : missedBy(run, technique);
  if (missed !== null) return unknown(`, ${missed}`);
  const doubt = run.warnings.find(({ code }) =>
    DOUBTFUL.some((one) => one.code === code && found.siblings < one.below)
  );
  if (doubt !== undefined) {
    return unknown(
      `; seen to order ${
        upTo(found)
      } here, but ${doubt.code} says that it may be gone with more, ` +
        "or elsewhere",
    );
  }
  return { soundness: "observed", why: `${why}; seen to order ${upTo(found)} here` };
}

function countWords({ perOp, siblings, own }: Counted): string {
  const beside = siblings === null || siblings === 1 ? "" : ` with ${siblings} siblings`;
  return `${perOp.toFixed(2)} per operation${beside} measured${own ? "" : ", whoever sent them"}`;
}

/** Why not each operation is known to interrupt every sibling; null: each does. */
function missedBy(run: Run | HostRun, technique: string): string | null {
  const rows = siblingRows(run, technique).map(({ counted: { witness } }) => witness);
  if (rows.some((witness) => witness === null || witness.samples < LOOKED_AT)) {
    return "and not each operation was looked at";
  }
  const missed = rows.find((witness) => witness!.hits / witness!.samples < EACH);
  return missed
    ? `and not every operation interrupts: ${missed.hits} of ${missed.samples} were noticed`
    : null;
}

/** Whether the environment says that the broadcast is turned off (ppc64le, not with the hash MMU). */
function flushesByInterrupt({ host, environment }: Run): boolean {
  const kernel = environment["kernel"] as { cmdline?: unknown } | null | undefined;
  const cpu = environment["cpu"] as { mmu?: unknown } | null | undefined;
  const cmdline = typeof kernel?.cmdline === "string" ? kernel.cmdline : null;
  return machineOf({ host }) === "ppc64le" && cpu?.mmu === "radix" &&
    bootOption(cmdline, "disable_tlbie") !== null;
}
