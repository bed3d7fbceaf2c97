/**
 * Warnings about counting, tracing and clocks: how well the lab can see what happens.
 *
 * @module
 */
import { machineArch } from "../../environment/translator.ts";
import { THRESHOLDS } from "../warning_catalogue.ts";
import { type Rule, type WarningContext, whyRefused } from "./context.ts";

function countsSystemWide({ capabilities: { counting } }: WarningContext): string[] {
  if (!counting.available || counting.source !== "proc-interrupts") return [];
  return [`Interrupts are counted from /proc/interrupts${whyRefused(counting)}`];
}

function noCounting({ capabilities: { counting } }: WarningContext): string[] {
  return counting.available ? [] : [`Interrupts cannot be counted${whyRefused(counting)}`];
}

function noTracefs({ capabilities: { tracefs } }: WarningContext): string[] {
  return tracefs.available ? [] : [`tracefs is not available${whyRefused(tracefs)}`];
}

function lockdown({ environment: { kernel } }: WarningContext): string[] {
  if (kernel.lockdown === null || kernel.lockdown === "none") return [];
  return [`Kernel lockdown is active (${kernel.lockdown})`];
}

/** The counter each architecture reads in user space without a system call. */
const OWN_CLOCKSOURCE: ReadonlyMap<string, string> = new Map([
  ["x86_64", "tsc"],
  ["aarch64", "arch_sys_counter"],
  ["ppc64le", "timebase"],
]);

function clocksource({ environment }: WarningContext): string[] {
  const { clock } = environment;
  const own = OWN_CLOCKSOURCE.get(machineArch(environment));
  if (own === undefined || clock.clocksource === null || clock.clocksource === own) return [];
  const offered = clock.availableClocksources.includes(own) ? "offered" : "not offered";
  return [
    `The clock source is ${clock.clocksource}, ${
      clock.readNs.toFixed(1)
    } ns a read, instead of ${own} ` +
    `(${offered} by the kernel)`,
  ];
}

/** A step up to the cost of a read shows that cost: finer steps cannot be seen by reading. */
function coarseClock({ environment: { clock } }: WarningContext): string[] {
  if (clock.stepNs <= THRESHOLDS.clockStepNs || clock.stepNs <= clock.readNs) return [];
  return [`The smallest step of ${clock.source} is ${clock.stepNs} ns`];
}

/** Rules of this theme by code. */
export const OBSERVING_RULES = {
  W018: countsSystemWide,
  W019: noCounting,
  W020: noTracefs,
  W021: lockdown,
  W027: clocksource,
  W028: coarseClock,
} satisfies Record<string, Rule>;
