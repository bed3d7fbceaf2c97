/**
 * Choosing the CPUs on which a measurement's callers and siblings run.
 *
 * @module
 */
import { formatCpuList } from "../text/cpu_list.ts";
import {
  type CpuPlace,
  distance,
  onePerCoreFirst,
  type Placement,
  PLACEMENTS,
  type Topology,
} from "./topology.ts";

/** Where the threads of one measurement run; one CPU for each. */
export type ChosenPlacement = {
  callerCpus: number[];
  siblingCpus: number[];
  /** How far the farthest sibling is from the caller nearest to it; "none" without siblings. */
  placement: Placement | "none";
  /** Whether any two of the chosen CPUs are threads of one core though "smt" was not asked for. */
  sharedCores: boolean;
};

/** Why the threads of a measurement cannot be placed on a machine. */
export type ImpossiblePlacement = { impossible: string };

/**
 * Chooses CPUs for a measurement. The choice depends on nothing but the arguments.
 *
 * The first caller runs on the lowest CPU that makes the wish possible. Threads get cores of their
 * own as long as there are enough, except siblings that are wanted at distance "smt".
 *
 * @param topology The online CPUs.
 * @param allowed CPUs the lab may use; those not online are left out.
 * @param callers How many threads run the technique, at least 1.
 * @param siblings How many other threads of the process run meanwhile.
 * @param wanted The distance of every sibling from the caller nearest to it. Left out: cores of
 * their own first, then as near as possible.
 * @returns The CPUs, or the reason why there are none.
 * @throws {RangeError} If `callers` or `siblings` is not such a number.
 */
export function choosePlacement(
  topology: Topology,
  allowed: readonly number[],
  callers: number,
  siblings: number,
  wanted?: Placement,
): ChosenPlacement | ImpossiblePlacement {
  checkCount("callers", callers, 1);
  checkCount("siblings", siblings, 0);
  const usable = topology.filter((place) => allowed.includes(place.cpu));
  if (usable.length < callers + siblings) return tooFew(usable, callers, siblings);
  for (const first of usable) {
    // Callers on few cores leave whole cores to the siblings where spreading leaves none.
    for (const order of [spreadCallers, packCallers]) {
      const chosen = order(usable, first, callers);
      const rest = usable.filter((place) => !chosen.includes(place));
      const found = siblingsFor(rest, chosen, siblings, wanted);
      if (found !== null) return describe(chosen, found, wanted);
    }
  }
  return { impossible: whyNot(usable, callers, siblings, wanted) };
}

function checkCount(name: string, count: number, least: number): void {
  if (Number.isInteger(count) && count >= least) return;
  throw new RangeError(
    `Cannot place ${count} ${name}: it is not a whole number from ${least}. ` +
      `Remedy: ask for ${least} or more`,
  );
}

/** Callers near the first one, each on a core of its own as long as there are enough. */
function spreadCallers(usable: Topology, first: CpuPlace, callers: number): CpuPlace[] {
  const others = usable.filter((place) => place !== first);
  return [first, ...ownCoresFirst(others, [first])].slice(0, callers);
}

/** Callers on as few cores as possible, near the first one. */
function packCallers(usable: Topology, first: CpuPlace, callers: number): CpuPlace[] {
  const others = usable.filter((place) => place !== first);
  return [first, ...byDistance(others, first)].slice(0, callers);
}

/** A stable sort: CPUs at one distance stay in their order. */
function byDistance(places: readonly CpuPlace[], from: CpuPlace): CpuPlace[] {
  return [...places].sort((a, b) => rank(distance(from, a)) - rank(distance(from, b)));
}

function rank(placement: Placement): number {
  return PLACEMENTS.indexOf(placement);
}

function siblingsFor(
  rest: readonly CpuPlace[],
  callers: readonly CpuPlace[],
  siblings: number,
  wanted: Placement | undefined,
): CpuPlace[] | null {
  const fitting = wanted === undefined
    ? ownCoresFirst(rest, callers)
    : onePerCoreFirst(rest.filter((place) => nearest(place, callers) === wanted));
  return fitting.length < siblings ? null : fitting.slice(0, siblings);
}

/** Free cores by distance, then their further threads, at last the threads of callers' cores. */
function ownCoresFirst(rest: readonly CpuPlace[], callers: readonly CpuPlace[]): CpuPlace[] {
  const seen = new Set<string>();
  const firstThreads: CpuPlace[] = [];
  const furtherThreads: CpuPlace[] = [];
  const callersThreads: CpuPlace[] = [];
  for (const place of rest) {
    if (nearest(place, callers) === "smt") callersThreads.push(place);
    else if (seen.has(place.core)) furtherThreads.push(place);
    else firstThreads.push(place);
    seen.add(place.core);
  }
  return [firstThreads, furtherThreads, callersThreads]
    .flatMap((places) => byDistance(places, callers[0]!));
}

function nearest(place: CpuPlace, callers: readonly CpuPlace[]): Placement {
  return PLACEMENTS[Math.min(...callers.map((caller) => rank(distance(caller, place))))]!;
}

function describe(
  callers: readonly CpuPlace[],
  siblings: readonly CpuPlace[],
  wanted: Placement | undefined,
): ChosenPlacement {
  const farthest = Math.max(...siblings.map((place) => rank(nearest(place, callers))));
  const cores = new Set([...callers, ...siblings].map((place) => place.core));
  return {
    callerCpus: callers.map((place) => place.cpu),
    siblingCpus: siblings.map((place) => place.cpu),
    placement: PLACEMENTS[farthest] ?? "none",
    sharedCores: wanted !== "smt" && cores.size < callers.length + siblings.length,
  };
}

function tooFew(usable: Topology, callers: number, siblings: number): ImpossiblePlacement {
  return {
    impossible: `${countOf(callers, "caller")} and ${countOf(siblings, "sibling")} need ` +
      `${callers + siblings} CPUs, but only ${usable.length} can be used${listOf(usable)}`,
  };
}

function whyNot(
  usable: Topology,
  callers: number,
  siblings: number,
  wanted: Placement | undefined,
): string {
  return `No choice of CPUs puts ${countOf(siblings, "sibling")} at distance '${wanted}' ` +
    `of ${countOf(callers, "caller")} among the CPUs that can be used${listOf(usable)}`;
}

function listOf(usable: Topology): string {
  return usable.length === 0 ? "" : ` (${formatCpuList(usable.map((place) => place.cpu))})`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
