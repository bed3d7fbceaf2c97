import type { Names } from "../index/names.ts";
import type { RunningThread } from "../index/running.ts";
import type { EventFormat } from "../ring_buffer/event_format.ts";

/** Bytes of a thread's name (TASK_COMM_LEN of include/linux/sched.h). */
const COMM_BYTES = 16;

/** Where a switch from thread to thread says what the index wants of it. */
export interface SwitchPlaces {
  readonly from: number;
  readonly to: number;
  /** Name of the thread that runs from now on. */
  readonly comm: number;
}

/** The places of events of one format; `undefined` if they are no switches, or not as expected. */
export function switchPlaces({ system, name, fields }: EventFormat): SwitchPlaces | undefined {
  if (system !== "sched" || name !== "sched_switch") return undefined;
  const offset = (field: string, size: number): number | undefined =>
    fields.find((one) => one.name === field && one.size === size)?.offset;
  const from = offset("prev_pid", 4);
  const to = offset("next_pid", 4);
  const comm = offset("next_comm", COMM_BYTES);
  return from === undefined || to === undefined || comm === undefined
    ? undefined
    : { from, to, comm };
}

/** Tells an index of a switch on a CPU. @param at Begin of the event in the page. */
export function indexSwitch(
  running: RunningThread,
  names: Names,
  places: SwitchPlaces,
  view: DataView,
  at: number,
  littleEndian: boolean,
  time: number,
): void {
  const to = view.getInt32(at + places.to, littleEndian);
  const name = names.threadAt(to, view, at + places.comm);
  running.switched(view.getInt32(at + places.from, littleEndian), to, name, time);
}
