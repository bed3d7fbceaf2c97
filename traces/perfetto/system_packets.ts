import { BuiltinClock, Packet, type PacketWriter } from "./packet_writer.ts";

/** Sequence of the packets that describe the system. */
const SYSTEM_SEQUENCE = 1;

/** The clocks of one moment, ns. */
export interface ClockReading {
  readonly boot: bigint;
  readonly monotonic: bigint;
  readonly monotonicRaw: bigint;
  readonly realtime: bigint;
}

/** The recording machine. */
export interface SystemDescription {
  /** `uname -m`: decides the names of system calls. */
  readonly machine: string;
  /** `uname -r`. */
  readonly release: string;
  /** `uname -v`. */
  readonly version: string;
  readonly hz: number | undefined;
  /** Bytes. */
  readonly pageSize: number;
  readonly cpus: number;
}

/** A thread by its ids and its name. */
export interface ThreadDescription {
  readonly tid: number;
  readonly tgid: number;
  readonly comm: string;
}

/** ClockSnapshot: clocks=1 {clock_id=1, timestamp=2}, primary_trace_clock=2. */
export function writeClockSnapshot(writer: PacketWriter, reading: ClockReading): void {
  const { proto } = writer;
  const packet = writer.begin();
  proto.number(Packet.sequenceId, SYSTEM_SEQUENCE);
  proto.bigint(Packet.timestamp, reading.boot);
  proto.number(Packet.timestampClock, BuiltinClock.boottime);
  const snapshot = proto.open(Packet.clockSnapshot);
  const clocks = [
    [BuiltinClock.boottime, reading.boot],
    [BuiltinClock.monotonic, reading.monotonic],
    [BuiltinClock.monotonicRaw, reading.monotonicRaw],
    [BuiltinClock.realtime, reading.realtime],
  ] as const;
  for (const [id, time] of clocks) {
    const clock = proto.open(1);
    proto.number(1, id);
    proto.bigint(2, time);
    proto.close(clock);
  }
  proto.number(2, BuiltinClock.boottime);
  proto.close(snapshot);
  proto.close(packet);
}

/** SystemInfo: utsname=1 {sysname=1, version=2, release=3, machine=4}, hz=3, page_size=6, num_cpus=8. */
export function writeSystemInfo(writer: PacketWriter, system: SystemDescription): void {
  const { proto } = writer;
  const packet = writer.begin();
  proto.number(Packet.sequenceId, SYSTEM_SEQUENCE);
  const info = proto.open(Packet.systemInfo);
  const name = proto.open(1);
  proto.text(1, "Linux");
  proto.text(2, system.version);
  proto.text(3, system.release);
  proto.text(4, system.machine);
  proto.close(name);
  if (system.hz !== undefined) proto.number(3, system.hz);
  proto.number(6, system.pageSize);
  proto.number(8, system.cpus);
  proto.close(info);
  proto.close(packet);
}

/**
 * ProcessTree: processes=1 {pid=1, cmdline=3, cmdline_is_comm=9}, threads=2 {tid=1, name=2, tgid=3}.
 */
export function writeProcessTree(
  writer: PacketWriter,
  threads: readonly ThreadDescription[],
): void {
  const { proto } = writer;
  const packet = writer.begin();
  proto.number(Packet.sequenceId, SYSTEM_SEQUENCE);
  const tree = proto.open(Packet.processTree);
  for (const { tid, tgid, comm } of threads) {
    const isLeader = tid === tgid;
    const entry = proto.open(isLeader ? 1 : 2);
    proto.number(1, tid);
    if (isLeader) {
      proto.text(3, comm);
      proto.number(9, 1);
    } else {
      proto.text(2, comm);
      proto.number(3, tgid);
    }
    proto.close(entry);
  }
  proto.close(tree);
  proto.close(packet);
}
