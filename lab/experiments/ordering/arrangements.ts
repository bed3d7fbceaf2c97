/**
 * What the ordering experiment runs, as data: techniques, the controls that give them meaning, the
 * man page's pair table, the scenarios of kernel/sched/membarrier.c, and mutants.
 */

import type { RequestParameters } from "../../../ffi/session.ts";
import type { OrderingResult } from "./ordering_schema.ts";
import {
  familyOf,
  findTechnique,
  type Promise as Promised,
  techniques,
} from "../../format/techniques.ts";
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

/** The caller's own store buffer is filled, and the sibling fences: what is tested is the caller. */
const CALLER: RequestParameters = { clogged: "caller" };

/** Controls whose counts decide whether other verdicts can be given at all. */
export const gateArrangements: readonly Arrangement[] = [
  control("none", SIBLING, "not-ordered", {}),
  control("fence", SIBLING, "not-ordered", {}),
  control("fence", "sibling, fence on both sides", "ordered", { light: "fence", ...CALLER }),
  // Measured by a delay as long: two of a kind, which have to be caught equally often
  control("delay", SIBLING, "not-ordered", { "delay-ns": 2000 }),
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
const GLOBAL = "membarrier-global-expedited";

/**
 * Registered while the sibling's CPU idled and kept the process: Linux from 5.4 on leaves that CPU
 * out of GLOBAL_EXPEDITED until it runs another process (ffi/core/kit/lazy.c). What is documented
 * makes no exception, but the defect is known: nothing is expected, and a warning tells of it. The
 * same with PRIVATE_EXPEDITED is the control.
 */
const lazyArrangements: readonly Arrangement[] = [
  { registered: "lazily", name: "registered while the sibling's CPU idled" },
  { registered: "lazily-threaded", name: "the same, with a second thread that slept" },
].flatMap(({ registered, name }) =>
  [GLOBAL, MEMBARRIER].map((technique): Arrangement => ({
    ...mechanism(technique, name, "thread"),
    expected: technique === GLOBAL ? null : "ordered",
    parameters: { registered },
  }))
);

/** Cells of the man page's table that are not among techniques and controls already. */
const pairArrangements: readonly Arrangement[] = [
  { ...pair("none", "sibling with a fence", "not-ordered", "fence"), share: 1 },
  pair(MEMBARRIER, "sibling with membarrier", "ordered", MEMBARRIER),
];

function pair(
  technique: string,
  name: string,
  expected: Arrangement["expected"],
  light: string,
): Arrangement {
  return {
    technique,
    role: "pair",
    name,
    expected,
    parameters: { light, ...CALLER },
    share: 0.5,
  };
}

/** The caller's own order: its store buffer is full, the sibling has a fence. */
function callerArrangement(technique: string, expected: Arrangement["expected"]): Arrangement {
  return {
    technique,
    role: "caller",
    name: CALLERS_OWN,
    expected,
    parameters: { light: "fence", ...CALLER },
    share: 1,
  };
}

/** The name of the arrangement that tests the caller's own order. */
export const CALLERS_OWN = "the caller's own order, sibling with a fence";

/**
 * Who the sibling is besides one that spins. C and D are scenarios of kernel/sched/membarrier.c, the
 * comment at its top; A is every technique's own row. What a flush may miss while the sibling's CPU
 * changes address spaces is CVE-2025-37964, so the tricks with mappings go through them, too. E,
 * kthread_use_mm(), is the kernel's alone: no program can have a kernel thread run its loads.
 */
function scenariosOf(technique: string, expected: Arrangement["expected"]): Arrangement[] {
  const scenario = (name: string, parameters: RequestParameters): Arrangement =>
    scenarioOf(technique, expected, name, parameters);
  return [
    scenario("C: sibling that sleeps: to the idle task and back", { habit: "sleep" }),
    scenario("C: sibling that yields to another process", { habit: "switch" }),
    scenario("D: processes with the same address space that exit", {
      relation: "shared-mm",
      habit: "exit",
    }),
    scenario("sibling threads that exit", { habit: "exit" }),
    scenario("another process with the same address space", { relation: "shared-mm" }),
  ];
}

/**
 * The light side's other pairs of accesses, which x86-64 keeps in order by itself (Intel SDM volume
 * 3, 9.2; AMD APM volume 2, 7.2); B is a scenario of kernel/sched/membarrier.c.
 */
export const OTHER_PAIRS: readonly { readonly name: string; readonly shape: string }[] = [
  { name: "B: sibling's stores (store, store)", shape: "mp" },
  { name: "sibling's loads (load, load)", shape: "mp-read" },
  { name: "sibling's load, then its store (load, store)", shape: "lb" },
];

/** Architectures on which the other pairs need no fence. */
export const TSO: readonly string[] = ["x86_64"];

function otherPairs(technique: string, expected: Arrangement["expected"]): Arrangement[] {
  return OTHER_PAIRS.map(({ name, shape }) => scenarioOf(technique, expected, name, { shape }));
}

function scenarioOf(
  technique: string,
  expected: Arrangement["expected"],
  name: string,
  parameters: RequestParameters,
): Arrangement {
  return { technique, role: "scenario", name, expected, parameters, share: 0.5 };
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

/** All arrangements with one sibling that belong to a list of techniques, gates first. */
export function arrangementsFor(asked: readonly string[], arch: string): Arrangement[] {
  const gates = new Set(gateArrangements.map(({ technique }) => technique));
  const own = [...new Set([...asked, ...controlsOf(asked)])]
    .filter((technique) => !gates.has(technique))
    .map((technique) => ownRow(technique, SIBLING));
  const tested = own.filter(({ role }) => role === "technique");
  return [
    ...gateArrangements,
    ...own,
    ...tested.map(({ technique, expected }) => callerArrangement(technique, expected)),
    ...mechanismArrangements.filter(({ technique }) => asked.includes(technique)),
    ...asked.includes(GLOBAL) ? lazyArrangements : [],
    ...tested.filter(({ technique }) => goesThroughScenarios(technique))
      .flatMap(({ technique, expected }) => [
        ...scenariosOf(technique, expected),
        ...TSO.includes(arch) ? [] : otherPairs(technique, expected),
      ]),
    // The man page's table is membarrier's, and so are the mistakes
    ...(asked.includes(MEMBARRIER) ? [...pairArrangements, ...mutantArrangements] : []),
  ];
}

function promiseOf(technique: string): Promised | undefined {
  return findTechnique(technique)?.promise;
}

/** Membarrier's commands for one process are one code; of mappings each way is its own. */
function goesThroughScenarios(technique: string): boolean {
  return technique === MEMBARRIER || familyOf(technique) === "mappings";
}

/** The row of a technique, or of its control, beside siblings that run. */
function ownRow(technique: string, name: string): Arrangement {
  const promise = promiseOf(technique);
  const role = promise === "control" ? "control" : "technique";
  return { technique, role, name, expected: expectedOf(promise), parameters: {}, share: 1 };
}

/** The row of a technique beside several siblings. */
export function crewArrangement(technique: string, siblings: number): Arrangement {
  return ownRow(technique, `${siblings} siblings`);
}

/** Techniques that are to reach all siblings, and not one CPU or one thread after another. */
export function reachesAll(technique: string): boolean {
  return promiseOf(technique) !== "control" && technique !== "membarrier-rseq-cpu";
}
