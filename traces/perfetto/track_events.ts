import { BuiltinClock, Packet, type PacketWriter } from "./packet_writer.ts";
import { ProtoWriter, varintTag } from "../protobuf/proto_writer.ts";
import { putTime } from "../protobuf/put.ts";

/** TrackEvent.Type (protos/perfetto/trace/track_event/track_event.proto, v55.3). */
const TYPE = { begin: 1, end: 2, instant: 3 } as const;
/** Sequence of the lab's own slices; other packets have none of their state. */
const SEQUENCE = 2;
const STATE_CLEARED = 1;
const NEEDS_STATE = 2;
/** Fields of TrackEvent. */
const CATEGORY_IIDS = 3;
const ANNOTATIONS = 4;
const EVENT_TYPE = 9;
const NAME_IID = 10;
const TRACK_UUID = 11;
const FLOW_IDS = 47;
/** Fields of InternedData. */
const CATEGORIES = 1;
const NAMES = 2;
const ANNOTATION_NAMES = 3;

/** An address, in halves of 32 bits. */
export interface Address {
  readonly high: number;
  readonly low: number;
}

/** A set of annotations, by name; `extract_arg` puts dots between nested names. */
export interface AnnotationSet {
  readonly [name: string]: Annotation | undefined;
}

/**
 * Value of a debug annotation; whole numbers are written as int64, others as double, addresses as
 * pointers.
 */
export type Annotation =
  | number
  | bigint
  | boolean
  | string
  | { readonly address: Address }
  | { readonly set: AnnotationSet }
  | { readonly list: readonly Annotation[] };

/** A time in ns, relative to the base of the writer, or absolute. */
export type TraceTime = number;

/** A slice's begin, or an instant. */
export interface TrackEvent {
  readonly track: number;
  readonly time: TraceTime;
  readonly category: string;
  readonly name: string;
  /** Flows that pass through the event. */
  readonly flows?: readonly number[];
  readonly annotations?: AnnotationSet;
}

/** A track of the trace. */
export interface Track {
  readonly uuid: number;
  readonly name: string;
  readonly parent?: number;
  /** Makes it a track of this thread, which never merges with the kernel's slices there. */
  readonly thread?: { readonly tgid: number; readonly tid: number };
  /** Place among its siblings. */
  readonly rank?: number;
}

/** Writes slices and instants with names, flows and annotations. */
export class TrackEventWriter {
  readonly #writer: PacketWriter;
  readonly #baseHigh: number;
  readonly #interned = new ProtoWriter(1024);
  /** Numbers of names, by kind. */
  readonly #ids = new Map<number, Map<string, number>>();
  #lastId = 0;
  #started = false;

  /**
   * @param baseHigh Upper half of the base of times; its lower half is 0.
   */
  constructor(writer: PacketWriter, baseHigh: number) {
    this.#writer = writer;
    this.#baseHigh = baseHigh;
  }

  /** Declares a track: uuid=1, name=2, thread=4 {pid=1, tid=2}, parent=5, no merging=9, rank=12. */
  declare({ uuid, name, parent, thread, rank }: Track): void {
    const { proto } = this.#writer;
    const packet = this.#writer.begin();
    proto.number(Packet.sequenceId, SEQUENCE);
    const descriptor = proto.open(Packet.trackDescriptor);
    proto.number(1, uuid);
    proto.text(2, name);
    if (thread !== undefined) {
      const entry = proto.open(4);
      proto.number(1, thread.tgid);
      proto.number(2, thread.tid);
      proto.close(entry);
      proto.number(9, 1);
    }
    if (parent !== undefined) proto.number(5, parent);
    if (rank !== undefined) {
      // Children are ordered by rank where the parent says so: child_ordering=11, explicit 3
      proto.number(12, rank);
    } else {
      proto.number(11, 3);
    }
    proto.close(descriptor);
    proto.close(packet);
  }

  /** Writes the begin of a slice. */
  begin(event: TrackEvent): void {
    this.#write(event, TYPE.begin);
  }

  instant(event: TrackEvent): void {
    this.#write(event, TYPE.instant);
  }

  /** Writes the end of the innermost slice of a track. */
  end(track: number, time: TraceTime): void {
    const packet = this.#open(time);
    const { proto } = this.#writer;
    const event = proto.openSmall(Packet.trackEvent);
    proto.number(EVENT_TYPE, TYPE.end);
    proto.number(TRACK_UUID, track);
    proto.closeSmall(event);
    proto.close(packet);
  }

  #write({ track, time, category, name, flows, annotations }: TrackEvent, type: number): void {
    const packet = this.#open(time);
    const { proto } = this.#writer;
    const event = proto.open(Packet.trackEvent);
    proto.number(EVENT_TYPE, type);
    proto.number(TRACK_UUID, track);
    proto.number(CATEGORY_IIDS, this.#intern(CATEGORIES, category));
    proto.number(NAME_IID, this.#intern(NAMES, name));
    for (const flow of flows ?? []) proto.fixed64(FLOW_IDS, flow);
    for (const [key, value] of Object.entries(annotations ?? {})) {
      if (value !== undefined) this.#annotate(key, value);
    }
    proto.close(event);
    if (this.#interned.length > 0) {
      proto.data(Packet.internedData, this.#interned.written);
      this.#interned.clear();
    }
    proto.close(packet);
  }

  #open(time: TraceTime): number {
    const { proto } = this.#writer;
    const packet = this.#writer.begin();
    proto.number(Packet.sequenceId, SEQUENCE);
    proto.number(Packet.sequenceFlags, this.#started ? NEEDS_STATE : STATE_CLEARED | NEEDS_STATE);
    if (!this.#started) {
      const defaults = proto.open(Packet.defaults);
      proto.number(Packet.timestampClock, BuiltinClock.boottime);
      proto.close(defaults);
      this.#started = true;
    }
    proto.varint(varintTag(Packet.timestamp));
    proto.reserve(10);
    proto.length = putTime(proto.bytes, proto.length, time, this.#baseHigh);
    return packet;
  }

  #annotate(key: string, value: Annotation): void {
    const { proto } = this.#writer;
    const entry = proto.openSmall(ANNOTATIONS);
    proto.number(1, this.#intern(ANNOTATION_NAMES, key));
    this.#value(value);
    proto.closeSmall(entry);
  }

  /**
   * DebugAnnotation: name_iid=1, bool=2, int=4, double=5, string=6, pointer=7, name=10,
   * dict_entries=11, array_values=12.
   */
  #value(value: Annotation): void {
    const { proto } = this.#writer;
    if (typeof value === "boolean") return proto.number(2, Number(value));
    if (typeof value === "bigint") return proto.bigint(4, value);
    if (typeof value === "string") return proto.text(6, value);
    if (typeof value === "number") {
      return Number.isSafeInteger(value) ? proto.number(4, value) : proto.double(5, value);
    }
    if ("address" in value) {
      proto.varint(varintTag(7));
      return proto.varint64(value.address.high, value.address.low);
    }
    if ("list" in value) {
      for (const inner of value.list) {
        const entry = proto.openSmall(12);
        this.#value(inner);
        proto.closeSmall(entry);
      }
      return;
    }
    for (const [name, inner] of Object.entries(value.set)) {
      if (inner === undefined) continue;
      const entry = proto.openSmall(11);
      proto.text(10, name);
      this.#value(inner);
      proto.closeSmall(entry);
    }
  }

  /** Number of a name; the packet that uses it first also says what it stands for. */
  #intern(kind: number, text: string): number {
    let ids = this.#ids.get(kind);
    if (ids === undefined) this.#ids.set(kind, ids = new Map());
    const known = ids.get(text);
    if (known !== undefined) return known;
    const iid = ++this.#lastId;
    ids.set(text, iid);
    const entry = this.#interned.open(kind);
    this.#interned.number(1, iid);
    this.#interned.text(2, text);
    this.#interned.close(entry);
    return iid;
  }
}
