/** On which rung each library lands on a host, in good times and bad, and what that is worth. */

import type { HostRun } from "../experiments/run/host_evidence.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import { type Ladder, ladders, type Rung } from "./ladders.ts";
import { measuredOf } from "./measured.ts";
import { type Answer, membarrierAnswer, mlockRefused } from "./refusals.ts";
import { type Judged, type Soundness, soundnessOf } from "./soundness.ts";

/** What the system refuses. */
export type Situation = "available" | "eperm" | "enosys" | "killed" | "no-mlock";

/** The situations, in words. */
export const situations: readonly { readonly id: Situation; readonly title: string }[] = [
  { id: "available", title: "as this host is" },
  { id: "eperm", title: "a seccomp filter answers membarrier with EPERM" },
  { id: "enosys", title: "a seccomp filter answers membarrier with ENOSYS" },
  { id: "killed", title: "a seccomp filter kills whoever calls membarrier" },
  { id: "no-mlock", title: "membarrier is refused with EPERM and mlock, too" },
];

/** Where a library lands. */
export interface Landing {
  readonly library: string;
  readonly situation: Situation;
  /** What it does there, in words. */
  readonly rung: string;
  /** The lab's technique that stands for it; null: none. */
  readonly technique: string | null;
  readonly soundness: Soundness;
  readonly why: string;
  /** Median cost of a heavy call beside a running sibling, ns. */
  readonly costNs: number | null;
  readonly interruptsPerOp: number | null;
}

/** All libraries in all situations on the host of a run. */
export function assessLadders(run: Run | HostRun): Landing[] {
  return ladders.flatMap((ladder) =>
    situations.map(({ id }) => ({
      library: ladder.library,
      situation: id,
      ...land(run, ladder, id),
    }))
  );
}

type Landed = Omit<Landing, "library" | "situation">;

function land(run: Run | HostRun, ladder: Ladder, situation: Situation): Landed {
  const rungs = ladder.rungs.filter(({ on }) => on?.some((arch) => arch === run.host.arch) ?? true);
  for (const rung of rungs) {
    const answer = tries(run, rung, situation);
    if (answer === "killed") {
      return nothing("dies at its first membarrier", "the filter kills the process, not the call");
    }
    if (answer === "granted") return standsOn(run, ladder, rung, situation);
    if (answer === "unknown") return inDoubt(standsOn(run, ladder, rung, situation));
    if (rung.insists) {
      return nothing("refuses to start", `${rung.name} is refused, nothing follows`);
    }
  }
  return nothing("refuses to start", "no rung is left");
}

/** What becomes of trying a rung. */
function tries(run: Run | HostRun, { requires }: Rung, situation: Situation): Answer {
  if (requires === "nothing") return "granted";
  if (requires === "mlock") return refusesMlock(run, situation) ? "refused" : "granted";
  if (situation === "killed") return "killed";
  if (situation !== "available") return "refused";
  return membarrierAnswer(run, requires.membarrier);
}

function refusesMlock(run: Run | HostRun, situation: Situation): boolean {
  return situation === "no-mlock" || mlockRefused(run);
}

/** A rung of which nobody knows whether the library gets to stand on it. */
function inDoubt(landed: Landed): Landed {
  if (landed.soundness === "unsound") return landed;
  return {
    ...landed,
    soundness: "unknown",
    why: `nothing shows whether membarrier is granted here; if it is: ${landed.why}`,
  };
}

/** What it means that a library has no asymmetric fence. */
const ENDS: Readonly<Record<NonNullable<Rung["ends"]>, Judged>> = {
  "full fences": {
    soundness: "by contract",
    why: "readers pay a full fence each time, and nothing has to be promised",
  },
  "no need": { soundness: "by contract", why: "the architecture does what the fence would do" },
  "feature off": { soundness: "no fence", why: "what would need the fence is not done" },
};

function standsOn(
  run: Run | HostRun,
  ladder: Ladder,
  rung: Rung,
  situation: Situation,
): Landed {
  if (rung.technique === null) {
    return {
      rung: rung.name,
      technique: null,
      ...ENDS[rung.ends ?? "feature off"],
      costNs: null,
      interruptsPerOp: null,
    };
  }
  const { available, p50Ns, interruptsPerOp } = measuredOf(run, rung.technique);
  const judged = soundnessOf(run, rung.technique, ladder.need);
  const unlocked = rung.ignoresMlock === true && refusesMlock(run, situation) &&
    (judged.soundness !== "unsound" || available === false);
  return {
    rung: rung.name,
    technique: rung.technique,
    ...unlocked ? UNLOCKED : judged,
    costNs: p50Ns,
    interruptsPerOp,
  };
}

/** A page that is not locked may be evicted, and then there is nothing to flush. */
const UNLOCKED: Judged = {
  soundness: "unknown",
  why: "measured with a locked page only, and mlock is refused here",
};

function nothing(rung: string, why: string): Landed {
  return { rung, technique: null, soundness: "no fence", why, costNs: null, interruptsPerOp: null };
}
