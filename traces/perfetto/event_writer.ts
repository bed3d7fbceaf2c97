import type { ProtoWriter } from "../protobuf/proto_writer.ts";
import { type EventPlan, Op, type Step } from "./event_plan.ts";
import { putInt32, putTime, putUint32, putUint64 } from "../protobuf/put.ts";
import type { AddressResolver } from "./resolver.ts";
import { cpuList, hexBytes, listNumbers } from "./field_text.ts";
import { locate, type Span } from "../ring_buffer/locate.ts";

/** Tags in FtraceEventBundle and FtraceEvent: event=2, timestamp=1, pid=2. */
const TAG_EVENT = 0x12;
const TAG_TIMESTAMP = 0x08;
const TAG_PID = 0x10;
const UTF8 = new TextEncoder();

/** What of the recording machine is needed to write its events. */
export interface EventContext {
  readonly littleEndian: boolean;
  /** Size of the kernel's `long`, bytes: the words of CPU masks. */
  readonly longBytes: 4 | 8;
  /** Upper half of the base that times are relative to; its lower half is 0. */
  readonly baseHigh: number;
  readonly resolver: AddressResolver;
}

/** Writes kernel events as `FtraceEvent` into a bundle. */
export class EventWriter {
  /** Events whose text or list lies outside of them: written empty, and counted here. */
  malformed = 0;

  readonly #context: EventContext;
  readonly #span: Span = { begin: 0, end: 0 };

  constructor(context: EventContext) {
    this.#context = context;
  }

  /**
   * Writes one event.
   *
   * @param view The page, and as bytes.
   * @param at Begin of the event in the page.
   * @param length Its bytes: at least the plan's `minimumBytes`.
   * @param time Time relative to the base, ns.
   */
  write(
    writer: ProtoWriter,
    plan: EventPlan,
    view: DataView,
    bytes: Uint8Array,
    at: number,
    length: number,
    time: number,
  ): void {
    writer.reserve(plan.reserve);
    let to = writer.bytes;
    let end = writer.length;
    to[end++] = TAG_EVENT;
    const outer = ++end;
    to[end++] = TAG_TIMESTAMP;
    end = putTime(to, end, time, this.#context.baseHigh);
    to[end++] = TAG_PID;
    const little = this.#context.littleEndian;
    end = putInt32(to, end, view.getInt32(at + plan.pidOffset, little));
    const { tag, steps } = plan;
    for (let i = 0; i < tag.length; i++) to[end++] = tag[i]!;
    const inner = ++end;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      const place = at + step.offset;
      switch (step.op) {
        case Op.int32:
          end = putUint32(to, end, step.tag);
          end = putInt32(to, end, view.getInt32(place, little));
          break;
        case Op.uint32:
          end = putUint32(to, end, step.tag);
          end = putUint32(to, end, view.getUint32(place, little));
          break;
        case Op.uint64:
          end = putUint32(to, end, step.tag);
          end = put64(to, end, view, place, little);
          break;
        case Op.text:
          end = putUint32(to, end, step.tag);
          end = putText(to, end, bytes, place, step.size);
          break;
        case Op.repeated:
          end = putRepeated(to, end, view, step, place, little);
          break;
        case Op.uint8:
        case Op.int8:
        case Op.uint16:
        case Op.int16:
          end = putUint32(to, end, step.tag);
          end = putInt32(to, end, shortNumber(view, step.op, place, little));
          break;
        default:
          writer.length = end;
          this.#long(writer, step, view, bytes, at, length);
          writer.reserve(plan.reserve);
          to = writer.bytes;
          end = writer.length;
      }
    }
    writer.length = end;
    writer.closeSmall(inner);
    writer.closeSmall(outer);
  }

  /** Fields whose text is looked up or made: rarer, and of any length. */
  #long(
    writer: ProtoWriter,
    step: Step,
    view: DataView,
    bytes: Uint8Array,
    at: number,
    length: number,
  ): void {
    writer.varint(step.tag);
    const text = this.#text(step, view, bytes, at, length);
    writer.varint(text.length);
    writer.raw(text);
  }

  #text(
    step: Step,
    view: DataView,
    bytes: Uint8Array,
    at: number,
    length: number,
  ): Uint8Array {
    const { littleEndian: little, resolver, longBytes } = this.#context;
    const place = at + step.offset;
    switch (step.op) {
      case Op.symbol:
        return resolver.symbol(high(view, place, little), low(view, place, little));
      case Op.symbol32:
        return resolver.symbol(0, view.getUint32(place, little));
      case Op.string:
        return resolver.string(high(view, place, little), low(view, place, little));
      case Op.string32:
        return resolver.string(0, view.getUint32(place, little));
    }
    const span = this.#span;
    if (!locate(span, step.field, view, at, length, little)) this.malformed++;
    switch (step.op) {
      case Op.cpumask:
        return UTF8.encode(cpuList(bytes, span, longBytes, little));
      case Op.list:
        return UTF8.encode(listNumbers(view, span, step.field, little));
      case Op.dynamicText:
        return untilNul(bytes, span);
      default:
        return UTF8.encode(hexBytes(bytes, span));
    }
  }
}

function high(view: DataView, place: number, little: boolean): number {
  return view.getUint32(little ? place + 4 : place, little);
}

function low(view: DataView, place: number, little: boolean): number {
  return view.getUint32(little ? place : place + 4, little);
}

function put64(
  to: Uint8Array,
  end: number,
  view: DataView,
  place: number,
  little: boolean,
): number {
  return putUint64(to, end, high(view, place, little), low(view, place, little));
}

function shortNumber(view: DataView, op: number, place: number, little: boolean): number {
  switch (op) {
    case Op.uint8:
      return view.getUint8(place);
    case Op.int8:
      return view.getInt8(place);
    case Op.uint16:
      return view.getUint16(place, little);
    default:
      return view.getInt16(place, little);
  }
}

/** Text in a field of fixed size, up to its first NUL. Such fields are shorter than 128 bytes. */
function putText(
  to: Uint8Array,
  end: number,
  bytes: Uint8Array,
  place: number,
  size: number,
): number {
  const begin = ++end;
  for (let i = 0; i < size; i++) {
    const byte = bytes[place + i]!;
    if (byte === 0) break;
    to[end++] = byte;
  }
  to[begin - 1] = end - begin;
  return end;
}

function putRepeated(
  to: Uint8Array,
  end: number,
  view: DataView,
  { tag, size, field }: Step,
  place: number,
  little: boolean,
): number {
  const { elementBytes } = field;
  for (let i = 0; i < size; i += elementBytes) {
    end = putUint32(to, end, tag);
    end = elementBytes === 8
      ? put64(to, end, view, place + i, little)
      : putUint32(to, end, view.getUint32(place + i, little));
  }
  return end;
}

function untilNul(bytes: Uint8Array, { begin, end }: Span): Uint8Array {
  const nul = bytes.indexOf(0, begin);
  return bytes.subarray(begin, nul < 0 || nul > end ? end : nul);
}
