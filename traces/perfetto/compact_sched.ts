import type { EventFormat } from "../ring_buffer/event_format.ts";
import { putInt32, putTime, putUint64 } from "../protobuf/put.ts";
import { ProtoWriter } from "../protobuf/proto_writer.ts";

/** CompactSched of protos/perfetto/trace/ftrace/ftrace_event_bundle.proto, v55.3. */
const Field = {
  switchTime: 1,
  switchPrevState: 2,
  switchNextPid: 3,
  switchNextPrio: 4,
  internTable: 5,
  switchNextComm: 6,
  wakingTime: 7,
  wakingPid: 8,
  wakingTargetCpu: 9,
  wakingPrio: 10,
  wakingComm: 11,
} as const;

/** Where the fields of an event are. */
export interface CompactPlaces {
  readonly time: number;
  readonly comm: number;
  readonly commBytes: number;
  readonly commField: number;
  /** Offset, size and field of each number. */
  readonly numbers: readonly (readonly [offset: number, size: number, field: number])[];
}

/** How an event is written compactly; `undefined` if it is no such event, or not as expected. */
export function compactPlaces(format: EventFormat): CompactPlaces | undefined {
  const isSwitch = format.name === "sched_switch";
  if (format.system !== "sched" || !(isSwitch || format.name === "sched_waking")) return undefined;
  const numbers = isSwitch
    ? {
      prev_state: Field.switchPrevState,
      next_pid: Field.switchNextPid,
      next_prio: Field.switchNextPrio,
    }
    : { pid: Field.wakingPid, target_cpu: Field.wakingTargetCpu, prio: Field.wakingPrio };
  const comm = format.fields.find(({ name }) => name === (isSwitch ? "next_comm" : "comm"));
  const places = Object.entries(numbers).flatMap(([name, field]) => {
    const found = format.fields.find((one) => one.name === name);
    const isNumber = found?.kind === "integer" && found.size >= 4;
    return isNumber ? [[found.offset, found.size, field] as const] : [];
  });
  if (comm?.kind !== "text" || places.length !== 3) return undefined;
  return {
    time: isSwitch ? Field.switchTime : Field.wakingTime,
    comm: comm.offset,
    commBytes: comm.size,
    commField: isSwitch ? Field.switchNextComm : Field.wakingComm,
    numbers: places,
  };
}

/**
 * Collects scheduling events of one bundle as packed columns, which take fewer bytes.
 *
 * What Perfetto fills in again is left out: the previous thread's name and priority, and who woke.
 */
export class CompactSched {
  readonly #columns = new Map<number, ProtoWriter>();
  readonly #lastTimes = new Map<number, number>();
  readonly #names = new Map<string, number>();
  readonly #texts: Uint8Array[] = [];

  /** Bytes so far, about. */
  length = 0;

  /**
   * Adds an event.
   *
   * @param time ns relative to a base whose upper half is `baseHigh`.
   * @returns Whether it was added: an event before the last one cannot be.
   */
  add(
    places: CompactPlaces,
    view: DataView,
    bytes: Uint8Array,
    at: number,
    time: number,
    { baseHigh, littleEndian }: { readonly baseHigh: number; readonly littleEndian: boolean },
  ): boolean {
    const last = this.#lastTimes.get(places.time);
    if (last !== undefined && time < last) return false;
    this.#lastTimes.set(places.time, time);
    const times = this.#column(places.time);
    // The first time is absolute, the others count from the one before
    times.length = last === undefined
      ? putTime(times.bytes, times.length, time, baseHigh)
      : putTime(times.bytes, times.length, time - last, 0);
    for (const [offset, size, field] of places.numbers) {
      const column = this.#column(field);
      const low = size === 8 && !littleEndian ? offset + 4 : offset;
      column.length = size === 4
        ? putInt32(column.bytes, column.length, view.getInt32(at + offset, littleEndian))
        : putUint64(
          column.bytes,
          column.length,
          view.getUint32(at + offset + (littleEndian ? 4 : 0), littleEndian),
          view.getUint32(at + low, littleEndian),
        );
    }
    this.#column(places.commField).varint(this.#name(bytes, at + places.comm, places.commBytes));
    this.length += 12;
    return true;
  }

  /** Writes all as the content of a CompactSched message, and begins anew. */
  flush(into: ProtoWriter): void {
    for (const name of this.#texts) into.data(Field.internTable, name);
    for (const [field, column] of this.#columns) into.data(field, column.written);
    this.#columns.clear();
    this.#lastTimes.clear();
    this.#names.clear();
    this.#texts.length = 0;
    this.length = 0;
  }

  #column(field: number): ProtoWriter {
    let column = this.#columns.get(field);
    if (column === undefined) this.#columns.set(field, column = new ProtoWriter(1 << 12));
    column.reserve(10);
    return column;
  }

  #name(bytes: Uint8Array, at: number, size: number): number {
    let key = "";
    let end = at;
    for (; end < at + size && bytes[end] !== 0; end++) key += String.fromCharCode(bytes[end]!);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    this.#names.set(key, this.#texts.length);
    return this.#texts.push(bytes.slice(at, end)) - 1;
  }
}
