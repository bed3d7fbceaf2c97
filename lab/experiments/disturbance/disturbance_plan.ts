/** The disturbance part of a plan, and the requests that it becomes. */

import { z } from "zod";
import { choosePlacement } from "../../environment/placement.ts";
import { planSeconds, techniqueList } from "../experiment.ts";
import { budgetMs, type Machine, type Step, type Steps } from "../step.ts";

/** The schema of the disturbance part of a plan. */
export const disturbancePlan = z.strictObject({
  experiment: z.literal("disturbance"),
  /** Techniques whose storms are let loose. */
  techniques: techniqueList,
  /** Calls per second where not a storm but a rate is meant. */
  rateHz: z.int().min(1).max(10_000_000),
  /** Seconds of one arrangement, half of them quiet; what is beyond 41 s is not used. */
  seconds: planSeconds,
});

/** The part of a plan that asks for disturbance. */
export type DisturbancePlan = z.infer<typeof disturbancePlan>;

/** What plan `full` asks for. */
export const fullDisturbance: DisturbancePlan = {
  experiment: "disturbance",
  techniques: [
    "getppid",
    "membarrier-private-expedited",
    "membarrier-global-expedited",
    "mprotect",
    "munmap",
    "signal",
  ],
  rateHz: 1000,
  seconds: 0.5,
};

/** Callers and seconds of one arrangement that the core takes: ffi/core/disturbance/disturbance.h. */
const MOST_CALLERS = 64;
const MOST_SECONDS = 512 * 2 * 0.04;

/** One victim, for any technique. */
interface Victim {
  readonly label: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Only for these techniques. */
  readonly only?: readonly string[];
  /** Not for these. */
  readonly except?: readonly string[];
  /** It is called at the plan's rate. */
  readonly rated?: boolean;
  /** More than one caller at once. */
  readonly crowd?: boolean;
}

const URGENT = { work: "wakes", fifo: 1, occupied: 1 };
const OTHER = { victim: "other-process" };
const REGISTERED = { victim: "other-process-registered" };
const GLOBAL = ["membarrier-global-expedited"];
/** Signals go to threads of the caller's own process: there is nothing that others could notice. */
const OWN = ["signal"];

/** All victims, in the order in which they are hit. */
const victims: readonly Victim[] = [
  { label: "an urgent sibling that wakes up", parameters: URGENT },
  { label: "the same at a rate", parameters: URGENT, rated: true },
  { label: "a normal sibling that wakes up", parameters: { work: "wakes", occupied: 1 } },
  { label: "an urgent sibling on an idle CPU", parameters: { work: "wakes", fifo: 1 } },
  {
    label: "an urgent thread of another process",
    parameters: { ...URGENT, ...OTHER },
    except: OWN,
  },
  {
    label: "an urgent thread of a registered process",
    parameters: { ...URGENT, ...REGISTERED },
    only: GLOBAL,
  },
  { label: "a running sibling", parameters: { work: "runs" } },
  {
    label: "a running thread of another process",
    parameters: { work: "runs", ...OTHER },
    except: OWN,
  },
  {
    label: "a running thread of a registered process",
    parameters: { work: "runs", ...REGISTERED },
    only: GLOBAL,
  },
  { label: "a sleeping sibling", parameters: { work: "sleeps" }, rated: true },
  { label: "a sibling that calls, too", parameters: { work: "calls" }, crowd: true },
  {
    label: "another process that calls, too",
    parameters: { work: "calls", ...OTHER },
    crowd: true,
    except: OWN,
  },
];

/** The steps of the disturbance experiment, or why there are none. */
export function disturbanceSteps(plan: DisturbancePlan, machine: Machine): Steps {
  const steps: Step[] = [];
  for (const callers of crowds(machine.allowed.length)) {
    const chosen = choosePlacement(machine.topology, machine.allowed, 1, callers);
    if ("impossible" in chosen) {
      if (callers > 1) continue;
      return { steps: [], leftOut: [{ what: "disturbance", why: chosen.impossible }] };
    }
    const cpus = { "victim-cpu": chosen.callerCpus[0], "caller-cpus": chosen.siblingCpus };
    for (const technique of plan.techniques) {
      for (const victim of victims) {
        if (callers > 1 && !victim.crowd) continue;
        if (!(victim.only?.includes(technique) ?? true)) continue;
        if (victim.except?.includes(technique)) continue;
        steps.push(stepOf(plan, technique, victim, callers, cpus));
      }
    }
  }
  return { steps, leftOut: [] };
}

/** 1, 2, 4 … callers, one CPU being the victim's. */
function crowds(cpus: number): number[] {
  const most = Math.min(cpus - 1, MOST_CALLERS);
  const counts = [1];
  while (counts.at(-1)! * 2 <= most) counts.push(counts.at(-1)! * 2);
  return counts;
}

function stepOf(
  plan: DisturbancePlan,
  technique: string,
  { label, parameters, rated }: Victim,
  callers: number,
  cpus: Readonly<Record<string, number | number[] | undefined>>,
): Step {
  const who = callers === 1 ? "" : `, ${callers} callers`;
  const seconds = Math.min(plan.seconds, MOST_SECONDS);
  return {
    label: `disturbance ${technique}: ${label}${who}`,
    kind: "disturbance",
    technique,
    seconds: seconds + 0.15,
    parameters: {
      technique,
      victim: "same-process",
      ...parameters,
      ...cpus,
      "rate-hz": rated ? plan.rateHz : 0,
      "budget-ms": budgetMs(seconds),
    } as Step["parameters"],
  };
}
