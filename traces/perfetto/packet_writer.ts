import { ProtoWriter } from "../protobuf/proto_writer.ts";

/** Where a trace goes, chunk by chunk; the writer waits for each. */
export interface TraceSink {
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void> | void;
}

/** Chunks that go to the sink have about this size, bytes. */
const CHUNK_BYTES = 1 << 18;

/** Fields of Trace and TracePacket (protos/perfetto/trace/trace_packet.proto, v55.3). */
export const Packet = {
  packet: 1,
  ftraceEvents: 1,
  processTree: 2,
  clockSnapshot: 6,
  timestamp: 8,
  sequenceId: 10,
  trackEvent: 11,
  internedData: 12,
  sequenceFlags: 13,
  systemInfo: 45,
  timestampClock: 58,
  defaults: 59,
  trackDescriptor: 60,
} as const;

/** BuiltinClock of protos/perfetto/common/builtin_clock.proto. */
export const BuiltinClock = { realtime: 1, monotonic: 3, monotonicRaw: 5, boottime: 6 } as const;

/** Writes packets of a trace and hands them on in chunks. */
export class PacketWriter {
  /** The packet being written goes here. */
  readonly proto = new ProtoWriter(CHUNK_BYTES * 2);
  bytesWritten = 0;
  readonly #sink: TraceSink;

  constructor(sink: TraceSink) {
    this.#sink = sink;
  }

  /** Begins a packet; {@linkcode ProtoWriter.close} of what it returns ends it. */
  begin(): number {
    return this.proto.open(Packet.packet);
  }

  /** Whether enough was written for {@linkcode PacketWriter.flush}. */
  get full(): boolean {
    return this.proto.length >= CHUNK_BYTES;
  }

  /** Hands everything that was written to the sink. */
  async flush(): Promise<void> {
    if (this.proto.length === 0) return;
    const chunk = this.proto.written.slice();
    this.proto.clear();
    this.bytesWritten += chunk.length;
    await this.#sink.write(chunk);
  }
}
