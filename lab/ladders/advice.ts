/** Given a need and the hosts seen: which techniques to try, in which order, and why. */

import type { HostRun } from "../experiments/run/host_evidence.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { familyOf } from "../format/techniques.ts";
import type { Need } from "../judgement/result_kind.ts";
import { failuresOf } from "./evidence.ts";
import { measuredOf } from "./measured.ts";
import { membarrierAnswer } from "./refusals.ts";
import { failureWords, type Judged, type Soundness, soundnessOf } from "./soundness.ts";

/** What somebody needs a fence for. */
export const needs = {
  "ordering": "ordering of memory accesses between threads of one process",
  "core-sync": "that no thread runs code which was replaced",
  "rseq-restart": "that restartable sequences on other CPUs start again",
  "across-processes": "ordering between processes that share memory",
  "realtime": "ordering without interrupting threads with deadlines",
  "portable": "one binary for kernels, containers and architectures that are not known yet",
} as const;

/** One of {@linkcode needs}. */
export type AdviceNeed = keyof typeof needs;

/** One step of a chain. */
export interface AdvisedRung {
  readonly technique: string;
  readonly why: string;
  /** One entry for each host seen. */
  readonly costs: readonly HostCost[];
  /** Why it is not recommended at the hosts seen; null: it is. */
  readonly leftOut: string | null;
}

/** What a technique costs and is worth at one place. */
export interface HostCost {
  readonly host: string;
  /** Median cost of a call beside a running sibling, ns; null: not measured. */
  readonly ns: number | null;
  /** false: it cannot be used there; null: not tried. */
  readonly available: boolean | null;
  /** What went wrong where it was only tried in vain; null: nothing. */
  readonly failed: string | null;
  readonly emulated: boolean;
  readonly soundness: Soundness;
  /** Why it is that sound. */
  readonly soundnessWhy: string;
}

/** A chain for one need. */
export interface Advice {
  readonly need: AdviceNeed;
  readonly title: string;
  readonly rungs: readonly AdvisedRung[];
  /** What to do where no rung holds. */
  readonly bottom: string;
}

interface Chain {
  readonly rungs: readonly { readonly technique: string; readonly why: string }[];
  readonly bottom: string;
}

const PRIVATE = {
  technique: "membarrier-private-expedited",
  why: "documented, one interrupt for each CPU that runs the process, no thread has to be known; " +
    "QUERY, then register before threads start (microseconds instead of milliseconds)",
};
const SIGNAL = {
  technique: "signal",
  why:
    "sound everywhere without any support of the kernel: each registered thread runs a handler " +
    "that fences; threads must register, and sleeping ones are woken",
};
const FENCES = "full fences on both sides, chosen at run time by a flag that the light side tests";

/** The chains; no rung of them rests on anything that no documentation promises. */
const chains: Readonly<Record<AdviceNeed, Chain>> = {
  "ordering": { rungs: [PRIVATE, SIGNAL], bottom: FENCES },
  "core-sync": {
    rungs: [
      {
        technique: "membarrier-sync-core",
        why:
          "documented to serialise the core of every sibling; caches of instructions are still " +
          "to be cleaned by whoever writes code",
      },
      {
        technique: "signal",
        why: "the kernel's return to user mode serialises the core on arm64 and ppc64le, and a " +
          "handler can execute a serialising instruction on any",
      },
    ],
    bottom: "stop the threads, or have each execute a serialising instruction (x86: cpuid or " +
      "serialize, arm64: isb, ppc64le: isync) before it enters new code",
  },
  "rseq-restart": {
    rungs: [
      {
        technique: "membarrier-rseq-cpu",
        why: "documented, and disturbs one CPU only (Linux 5.10)",
      },
      { technique: "membarrier-rseq", why: "documented, for all CPUs at once (Linux 5.10)" },
      {
        technique: "affinity-walk",
        why: "preempts whoever runs on each CPU, upon which sections restart; milliseconds, and " +
          "nothing documents this use",
      },
    ],
    bottom: "no restartable sequences: atomic operations, or a lock for each CPU",
  },
  "across-processes": {
    rungs: [
      {
        technique: "membarrier-global-expedited",
        why: "documented for processes that registered; register while all threads run, for CPUs " +
          "that are idle with the process at that moment are left out by kernels since 5.4",
      },
      {
        technique: "membarrier-global",
        why:
          "documented for everybody, without registration; waits for a grace period of RCU, so " +
          "milliseconds, and refused with EINVAL where nohz_full CPUs exist",
      },
    ],
    bottom: FENCES,
  },
  "realtime": {
    rungs: [
      {
        technique: "membarrier-global",
        why: "waits for the scheduler instead of interrupting anybody; milliseconds for the caller",
      },
    ],
    bottom: "full fences on both sides: readers pay some nanoseconds each time, nobody is " +
      "interrupted; private-expedited costs each running sibling microseconds per call",
  },
  "portable": {
    rungs: [PRIVATE, SIGNAL],
    bottom: `${FENCES}; no trick with mappings: mprotect and its like interrupt nobody on arm64 ` +
      "and ppc64le, and need not on x86-64",
  },
};

/** What a need asks of a technique. */
const asked: Readonly<Record<AdviceNeed, Need>> = {
  "ordering": "ordering",
  "core-sync": "core-sync",
  "rseq-restart": "rseq-restart",
  "across-processes": "ordering",
  "realtime": "ordering",
  "portable": "ordering",
};

/** Advice for every need, with what the hosts of some runs say about each rung. */
export function adviceFor(runs: readonly (Run | HostRun)[]): Advice[] {
  return (Object.keys(needs) as AdviceNeed[]).map((need) => ({
    need,
    title: needs[need],
    bottom: chains[need].bottom,
    rungs: chains[need].rungs.map((rung) => {
      const costs = runs.map((run) => costAt(run, rung.technique, asked[need]));
      return { ...rung, costs, leftOut: leftOut(runs, rung.technique, need, costs) };
    }),
  }));
}

function costAt(run: Run | HostRun, technique: string, need: Need): HostCost {
  const { p50Ns, failed } = measuredOf(run, technique);
  const available = availableAt(run, technique);
  const { soundness, why } = worthAt(run, technique, need, available);
  const { name, emulated } = run.host;
  return { host: name, ns: p50Ns, available, failed, emulated, soundness, soundnessWhy: why };
}

function availableAt(run: Run | HostRun, technique: string): boolean | null {
  const { available } = measuredOf(run, technique);
  if (available !== null || familyOf(technique) !== "membarrier") return available;
  const answer = membarrierAnswer(run, technique);
  return answer === "unknown" ? null : answer === "granted";
}

function worthAt(
  run: Run | HostRun,
  technique: string,
  need: Need,
  available: boolean | null,
): Judged {
  if (failuresOf(run, technique, need).length > 0) return soundnessOf(run, technique, need);
  if (available === false) {
    const { reason } = measuredOf(run, technique);
    return { soundness: "no fence", why: `refused here${reason === null ? "" : `: ${reason}`}` };
  }
  return technique === "signal" && need === "core-sync"
    ? { soundness: "unknown", why: "as good as the instruction that the handler executes" }
    : soundnessOf(run, technique, need);
}

/**
 * Proof at one host is enough, for a program takes the first rung that it is granted. Refusals count
 * where every host seen refuses, and never for a program that is to run on hosts not seen.
 */
function leftOut(
  runs: readonly (Run | HostRun)[],
  technique: string,
  need: AdviceNeed,
  costs: readonly HostCost[],
): string | null {
  for (const run of runs) {
    const failures = failuresOf(run, technique, asked[need]);
    if (failures.length > 0) return `unsound on ${run.host.name}: ${failureWords(failures)}`;
  }
  const refused = need !== "portable" && costs.length > 0 &&
    costs.every(({ available }) => available === false);
  return refused ? "cannot be used on any host seen" : null;
}

/** Rungs that are recommended for the hosts seen. */
export function usableRungs({ rungs }: Advice): readonly AdvisedRung[] {
  return rungs.filter((rung) => rung.leftOut === null);
}
