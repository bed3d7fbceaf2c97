/**
 * What the ordering experiment runs, as data: techniques, the controls that give them meaning, the
 * man page's pair table, the scenarios of kernel/sched/membarrier.c, and mutants.
 */

import type { RequestParameters } from "../../../ffi/session.ts";
import type { OrderingResult } from "./ordering_schema.ts";
import { findTechnique, techniques } from "../../format/techniques.ts";
import { expectedOf } from "../../format/verdict.ts";

/** One arrangement of the store-buffering test. */
export interface Arrangement {
  readonly technique: string;
  readonly role: OrderingResult["role"];
  /** Who the light side is and what it does, for tables. */
  readonly name: string;
  readonly expected: OrderingResult["expected"];
  readonly parameters: RequestParameters;
  /** Turns, as a share of what the plan asks for. */
  readonly share: number;
}

const SIBLING = "sibling";

/** Controls whose counts decide whether other verdicts can be given at all. */
export const gateArrangements: readonly Arrangement[] = [
  control("none", SIBLING, "not-ordered", {}),
  control("fence", SIBLING, "not-ordered", {}),
  control("fence", "sibling, fence on both sides", "ordered", { light: "fence" }),
];

function control(
  technique: string,
  name: string,
  expected: Arrangement["expected"],
  parameters: RequestParameters,
): Arrangement {
  return { technique, role: "control", name, expected, parameters, share: 1 };
}

/** The same calls where nothing makes them interrupt the light side. */
const mechanismArrangements: readonly Arrangement[] = [
  ...techniques.filter(({ withinProcess }) => withinProcess).map(({ id }) =>
    mechanism(id, "another process", "process")
  ),
  mechanism("membarrier-global-expedited", "another process, not registered", "process"),
  {
    ...mechanism(
      "membarrier-global-expedited",
      "another process, registered",
      "process-registered",
    ),
    expected: "ordered",
  },
];

function mechanism(technique: string, name: string, relation: string): Arrangement {
  const parameters = { relation };
  return { technique, role: "mechanism", name, expected: "not-ordered", parameters, share: 1 };
}

const MEMBARRIER = "membarrier-private-expedited";

/** Cells of the man page's table that are not among techniques and controls already. */
const pairArrangements: readonly Arrangement[] = [
  // Its own short window is all that can show here, so it needs many turns
  { ...pair("none", "sibling with a fence", "not-ordered", "fence"), share: 5 },
  pair(MEMBARRIER, "sibling with a fence", "ordered", "fence"),
  pair(MEMBARRIER, "sibling with membarrier", "ordered", MEMBARRIER),
];

function pair(
  technique: string,
  name: string,
  expected: Arrangement["expected"],
  light: string,
): Arrangement {
  return { technique, role: "pair", name, expected, parameters: { light }, share: 0.25 };
}

/** kernel/sched/membarrier.c, the comment at its top; A is every technique's own row. */
const scenarioArrangements: readonly Arrangement[] = [
  scenario("B: sibling's stores, read after the call", { shape: "mp" }),
  scenario("C: sibling that sleeps: to the idle task and back", { habit: "sleep" }),
  scenario("C: sibling that yields to another process", { habit: "switch" }),
  scenario("D: sibling that exits", { habit: "exit" }),
  scenario("E: another process with the same address space", { relation: "shared-mm" }),
];

function scenario(name: string, parameters: RequestParameters): Arrangement {
  return {
    technique: MEMBARRIER,
    role: "scenario",
    name,
    expected: "ordered",
    parameters,
    share: 0.5,
  };
}

/** Mistakes made on purpose (ffi/core/technique/mutant.c). */
const mutantArrangements: readonly Arrangement[] = [
  mutant("mutant-noop", "waits as long as a membarrier, and no more"),
  mutant("mutant-wrong-cpu", "interrupts the wrong CPU"),
  mutant("mutant-early", "membarrier before the store instead of after it"),
  mutant("mutant-caller-only", "a fence and a system call of the caller alone"),
  mutant("mutant-unregistered", "ignores that membarrier was refused"),
];

function mutant(technique: string, name: string): Arrangement {
  return { technique, role: "mutant", name, expected: "not-ordered", parameters: {}, share: 0.5 };
}

/** The controls of a list of techniques: a null system call, and the same calls without effect. */
function controlsOf(asked: readonly string[]): string[] {
  const own = asked.flatMap((id) => techniques.filter(({ controlOf }) => controlOf === id));
  return ["getppid", ...own.map(({ id }) => id)];
}

/** All arrangements that belong to a list of techniques, gates first. */
export function arrangementsFor(asked: readonly string[]): Arrangement[] {
  const gates = new Set(["none", "fence"]);
  const own = [...new Set([...asked, ...controlsOf(asked)])]
    .filter((technique) => !gates.has(technique)).map((technique) => ({
      technique,
      role: findTechnique(technique)?.promise === "control"
        ? "control" as const
        : "technique" as const,
      name: SIBLING,
      expected: expectedOf(findTechnique(technique)?.promise),
      parameters: {},
      share: 1,
    }));
  const about = (list: readonly Arrangement[]): Arrangement[] =>
    list.filter(({ technique }) => asked.includes(technique));
  return [
    ...gateArrangements,
    ...own,
    ...about(mechanismArrangements),
    ...about(scenarioArrangements),
    // The man page's table is membarrier's, and so are the mistakes
    ...(asked.includes(MEMBARRIER) ? [...pairArrangements, ...mutantArrangements] : []),
  ];
}
