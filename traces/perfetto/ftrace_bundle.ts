import { CompactSched } from "./compact_sched.ts";
import type { EventPlan } from "./event_plan.ts";
import { Packet, type PacketWriter } from "./packet_writer.ts";
import { ProtoWriter } from "../protobuf/proto_writer.ts";

/** Fields of FtraceEventBundle (protos/perfetto/trace/ftrace/ftrace_event_bundle.proto, v55.3). */
const CPU = 1;
const LOST_EVENTS = 3;
const COMPACT_SCHED = 4;
const GENERIC_DESCRIPTORS = 11;
/** Bundles end after so many bytes, as Perfetto's own do after 32 pages. */
const BUNDLE_BYTES = 1 << 17;

/** Collects the events of one CPU until they are worth a packet. */
export class FtraceBundle {
  readonly cpu: number;
  /** Events go here, as `FtraceEventBundle.event`. */
  readonly events = new ProtoWriter(BUNDLE_BYTES + (1 << 14));
  /** Scheduling events that are written as columns go here. */
  readonly compact = new CompactSched();
  #lost = false;

  constructor(cpu: number) {
    this.cpu = cpu;
  }

  /** Whether the bundle is long enough for {@linkcode FtraceBundle.flush}. */
  get full(): boolean {
    return this.events.length + this.compact.length >= BUNDLE_BYTES;
  }

  /** Says that events were lost before those that come next: they begin a bundle of their own. */
  markLost(writer: PacketWriter): void {
    if (this.events.length + this.compact.length > 0) this.flush(writer);
    this.#lost = true;
  }

  /** Writes what was collected as one packet. */
  flush(writer: PacketWriter): void {
    if (this.events.length + this.compact.length === 0 && !this.#lost) return;
    const { proto } = writer;
    const packet = writer.begin();
    const bundle = proto.open(Packet.ftraceEvents);
    proto.number(CPU, this.cpu);
    if (this.#lost) proto.number(LOST_EVENTS, 1);
    proto.raw(this.events.written);
    if (this.compact.length > 0) {
      const compact = proto.open(COMPACT_SCHED);
      this.compact.flush(proto);
      proto.close(compact);
    }
    proto.close(bundle);
    proto.close(packet);
    this.events.clear();
    this.#lost = false;
  }
}

/** Writes the descriptors of generic events: {field_id=1, event_descriptor=2, group_name=3}. */
export function writeDescriptors(writer: PacketWriter, plans: Iterable<EventPlan>): void {
  const { proto } = writer;
  const packet = writer.begin();
  const bundle = proto.open(Packet.ftraceEvents);
  proto.number(CPU, 0);
  for (const { descriptor, fieldId, format } of plans) {
    if (descriptor === undefined) continue;
    const entry = proto.open(GENERIC_DESCRIPTORS);
    proto.number(1, fieldId);
    proto.data(2, descriptor);
    proto.text(3, format.system);
    proto.close(entry);
  }
  proto.close(bundle);
  proto.close(packet);
}
