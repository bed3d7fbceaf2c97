/** Given a need and the hosts seen: which techniques to try, in which order, and why. */

import type { Run } from "../run_schema.ts";
import { measuredOf } from "./measured.ts";

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
}

/** What a technique costs at one place. */
export interface HostCost {
  readonly host: string;
  /** Median cost of a call beside a running sibling, ns; null: not measured. */
  readonly ns: number | null;
  /** false: it cannot be used there; null: not tried. */
  readonly available: boolean | null;
  readonly emulated: boolean;
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

/** Advice for every need, with what the hosts of some runs say about each rung. */
export function adviceFor(runs: readonly Run[]): Advice[] {
  return (Object.keys(needs) as AdviceNeed[]).map((need) => ({
    need,
    title: needs[need],
    bottom: chains[need].bottom,
    rungs: chains[need].rungs.map((rung) => ({
      ...rung,
      costs: runs.map((run) => costAt(run, rung)),
    })),
  }));
}

function costAt(run: Run, { technique }: { technique: string }): HostCost {
  const { available, p50Ns } = measuredOf(run, technique);
  return { host: run.host.name, ns: p50Ns, available, emulated: run.host.emulated };
}

/** Rungs that at least one host can use, or that no host was asked about. */
export function usableRungs({ rungs }: Advice): readonly AdvisedRung[] {
  return rungs.filter(({ costs }) =>
    costs.every(({ available }) => available === null) ||
    costs.some(({ available }) => available !== false)
  );
}
