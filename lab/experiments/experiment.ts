/** What an experiment has to bring: whoever adds one is asked for all of it by the compiler. */

import * as z from "zod";

import type { Section } from "../document/blocks.ts";
import type { HostFacts } from "../environment/facts.ts";
import { findTechnique } from "../format/techniques.ts";
import type { EngineOptions } from "../places/traces_files.ts";
import type { OwnWarnings } from "../judgement/own_warning.ts";
import type { ResultKind, TestedHost } from "../judgement/result_kind.ts";
import type { StepOptions } from "../request/attempt.ts";
import type { Requests } from "../request/stall_guard.ts";
import type { HostView } from "./run/host_view.ts";
import type { Result } from "./run/results_schema.ts";
import type { Machine, Step, Steps } from "./step.ts";

/** A part of a plan; the rest is the experiment's own. */
export interface PlanPart {
  readonly experiment: string;
}

/** Techniques in a plan, in the order in which they are run. */
export const techniqueList: z.ZodArray<z.ZodString> = z.array(
  z.string().refine((id) => findTechnique(id) !== undefined, { error: "is no technique" }),
).min(1);

/** Seconds in a plan. */
export const planSeconds: z.ZodNumber = z.number().positive().max(3600);

/** What the command line changes in a plan. */
export interface PlanChanges {
  /** Only these techniques. */
  readonly techniques?: readonly string[];
  /** Seconds of one measurement. */
  readonly seconds?: number;
  /** Running siblings. */
  readonly siblings?: number;
  /** Threshold at which a capture stops, ns. */
  readonly stopAboveNs?: number;
  /** Trace buffer of each CPU, KiB. */
  readonly bufferKb?: number;
  /** Threads of rcu. */
  readonly readers?: number;
  readonly writers?: number;
  /** Look for objects that were freed too early, instead of counting operations. */
  readonly torture?: boolean;
}

/** A part with the command line's techniques and seconds. */
export function withChoice<
  Part extends { readonly techniques: readonly string[]; readonly seconds: number },
>(part: Part, { techniques, seconds }: PlanChanges): Part {
  return {
    ...part,
    techniques: techniques ? [...techniques] : part.techniques,
    seconds: seconds ?? part.seconds,
  };
}

/** Where a capture is kept while a run is made, and which engine analyses it. */
export interface CaptureOptions {
  /** A directory of the run's own, for the trace; its owner removes it. */
  readonly directory: string;
  /** Where raw pages go and stay; below `directory` by default. */
  readonly raw?: string;
  readonly engine?: EngineOptions;
}

/** What accompanies a step of a run. */
export interface Around extends StepOptions {
  readonly facts: HostFacts;
  /** Path of the agent on the host, for the conformance case that executes it. */
  readonly helper: string;
  /** Where captures go; without it a plan must not ask for one. */
  readonly capture?: CaptureOptions;
}

/** What comes of a step. */
export interface Made {
  /** New results, or those of earlier steps that know more now: the same objects, changed. */
  readonly results: readonly Result[];
  /** Paths of files by the names that results give them. */
  readonly files?: ReadonlyMap<string, string>;
}

/** An experiment in one run. */
export interface Running<Kind extends Step = Step> {
  /** @throws {SessionError} If the core ends; {ReplyFormatError} if its reply is not one. */
  run(session: Requests, step: Kind, around: Around): Promise<Made>;
  /** What can be said only when all steps are done. */
  conclude(host: TestedHost): readonly Result[];
}

/** An experiment. */
export interface Experiment<
  Part extends PlanPart = PlanPart,
  Kind extends Step = Step,
  Own extends Result = Result,
> {
  /** As plans and the command line call it. */
  readonly name: Part["experiment"];
  /** Where it stands among the others, in plans and documents. */
  readonly place: number;
  /** Its part of a plan. */
  readonly plan: z.ZodType<Part>;
  /** Whether its question makes sense for any fence, also one of the user's own. */
  readonly anyFence: boolean;
  /** What the built-in plans ask of it. */
  readonly builtIn: Readonly<Record<"quick" | "full", readonly Part[]>>;
  /**
   * A part with the command line's changes; `null` if another one of `parts` is meant.
   *
   * @param parts All parts of this experiment in the plan.
   */
  change(part: Part, changes: PlanChanges, parts: readonly Part[]): Part | null;
  /** The requests that carry a part out, or why there are none. */
  steps(part: Part, machine: Machine): Steps<Kind>;
  /** Begins it in a run. */
  start(): Running<Kind>;
  /** What is known of its results, by what a run calls them: their `experiment`. */
  readonly results: {
    readonly [Name in Own["experiment"]]: ResultKind<Extract<Own, { readonly experiment: Name }>>;
  };
  /** Warnings about its results, by number. */
  readonly warnings: OwnWarnings<Own>;
  /** Whether it writes files beside run.json, for which a run has to have a place. */
  readonly writesFiles: boolean;
  /** What people read of it, host by host; null where no host has results. */
  section(hosts: readonly HostView[]): Section | null;
}

/** Begins an experiment whose steps are results, each for itself. */
export function stepByStep<Kind extends Step>(
  run: (session: Requests, step: Kind, around: Around) => Promise<Made>,
): Running<Kind> {
  return { run, conclude: () => [] };
}
