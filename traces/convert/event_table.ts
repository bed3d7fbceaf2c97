import type { EventFormat } from "../ring_buffer/event_format.ts";
import { type CompactPlaces, compactPlaces } from "../perfetto/compact_sched.ts";
import { type EventPlan, planEvent } from "../perfetto/event_plan.ts";
import { type Machine, type SignalReader, signalReader } from "./signals.ts";
import { type SwitchPlaces, switchPlaces } from "./switches.ts";

/** What is done with events of one number. */
export interface EventEntry {
  readonly plan: EventPlan;
  readonly signal: SignalReader | undefined;
  /**
   * Free text of a trace marker: Perfetto counts what is not in atrace's syntax (`B|pid|name`) as
   * an error, so that it must be written in another way.
   */
  readonly freeText: EventPlan | undefined;
  /** Scheduling events that are to be written as columns. */
  readonly compact: CompactPlaces | undefined;
  /** Switches that an index is to be told of. */
  readonly switched: SwitchPlaces | undefined;
}

/** Whether the text of a trace marker is in atrace's syntax, by its first characters. */
export function isAtraceText(bytes: Uint8Array, at: number): boolean {
  return /^[BEICSFNGH]\|/.test(String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0));
}

/** All events that the capture has formats of, by their number. */
export class EventTable {
  readonly #entries: (EventEntry | undefined)[] = [];
  readonly plans: readonly EventPlan[];

  /**
   * @param compactSched Whether scheduling events are written as columns.
   * @param indexed Whether an index is made.
   */
  constructor(
    formats: readonly EventFormat[],
    machine: Machine,
    compactSched: boolean,
    indexed: boolean,
  ) {
    const entries = formats.map((format) => ({
      plan: planEvent(format),
      signal: signalReader(format, machine),
      freeText: format.system === "ftrace" && format.name === "print"
        ? planEvent(format, true)
        : undefined,
      compact: compactSched ? compactPlaces(format) : undefined,
      switched: indexed ? switchPlaces(format) : undefined,
    }));
    for (const entry of entries) this.#entries[entry.plan.format.id] = entry;
    this.plans = entries.flatMap(({ plan, freeText }) => freeText ? [plan, freeText] : [plan]);
  }

  /** The entry of an event's number; `undefined` if no format describes it. */
  get(id: number): EventEntry | undefined {
    return this.#entries[id];
  }

  /** Whether the capture has formats of an event, as `SYSTEM:EVENT`. */
  has(event: string): boolean {
    return this.plans.some(({ format }) => `${format.system}:${format.name}` === event);
  }
}
