import type { TraceIndexBuilder } from "../index/index_builder.ts";
import type { TraceSink } from "../perfetto/packet_writer.ts";
import { PacketWriter } from "../perfetto/packet_writer.ts";
import { writeDescriptors } from "../perfetto/ftrace_bundle.ts";
import { type Annotation, TrackEventWriter } from "../perfetto/track_events.ts";
import {
  writeClockSnapshot,
  writeProcessTree,
  writeSystemInfo,
} from "../perfetto/system_packets.ts";
import { UNKNOWN_LADDER } from "./capture_json.ts";
import { type CaptureFiles, pagesName, readCaptureFiles } from "./capture_files.ts";
import type { CaptureSource } from "./capture_source.ts";
import type { Conversion } from "./conversion.ts";
import { CpuPages } from "./cpu_pages.ts";
import { EventTable } from "./event_table.ts";
import { HandlerSlices } from "./handler_slices.ts";
import { Interrupts } from "./interrupts.ts";
import { Losses } from "./losses.ts";
import { writeMetadata } from "./metadata.ts";
import { OperationSlices } from "./operation_slices.ts";
import { Operations } from "./operations.ts";
import { PageConverter } from "./page_converter.ts";
import { SignalQueue } from "./signal_queue.ts";
import { type Timeline, timeline } from "./timeline.ts";
import { TraceTracks } from "./trace_tracks.ts";

/** What a conversion may be told. */
export interface ConvertOptions {
  /** Stops the conversion; what was written by then is no whole trace. */
  readonly signal?: AbortSignal;
  /**
   * Writes sched_switch and sched_waking as columns: fewer bytes, but without the previous
   * thread's name and priority. Default: false, every field is kept.
   */
  readonly compactSched?: boolean;
  /** Is told everything that an index holds, and described at the end: ready to be finished. */
  readonly index?: TraceIndexBuilder;
}

/**
 * Converts a capture into a native Perfetto trace.
 *
 * Pages are read as they are needed, in the order of time over all CPUs; memory does not grow with
 * the number of events, unless an index is made: it takes some 20 bytes for each slice.
 *
 * @param source The capture, format `fencelab.capture/1`.
 * @param sink Receives the trace.
 * @throws {CaptureError | RingBufferError} If the capture's description cannot be read. Damage in
 * its pages is no error: it is counted in {@linkcode Conversion.losses} and declared in the trace.
 */
export async function convertCapture(
  source: CaptureSource,
  sink: TraceSink,
  options: ConvertOptions = {},
): Promise<Conversion> {
  const files = await readCaptureFiles(source);
  const conversion = new CaptureConversion(files, new PacketWriter(sink), options);
  return await conversion.run(source, options.signal);
}

/** One conversion: the parts and how they work together. */
class CaptureConversion {
  readonly #files: CaptureFiles;
  readonly #packets: PacketWriter;
  readonly #timeline: Timeline;
  readonly #table: EventTable;
  readonly #losses = new Losses();
  readonly #queue = new SignalQueue();
  readonly #events: TrackEventWriter;
  readonly #tracks: TraceTracks;
  readonly #operations: OperationSlices;
  readonly #recorded: Operations;
  readonly #handlers: HandlerSlices;
  readonly #interrupts: Interrupts;
  readonly #pages: PageConverter;
  readonly #index: TraceIndexBuilder | undefined;
  readonly #firstTimes = new Map<number, number>();

  constructor(files: CaptureFiles, packets: PacketWriter, options: ConvertOptions) {
    const { capture, layout, formats, symbols } = files;
    const machine = { littleEndian: layout.littleEndian, longBytes: layout.commitBytes };
    const { compactSched = false, index } = options;
    this.#files = files;
    this.#index = index;
    index?.names.tell(capture.threads);
    this.#packets = packets;
    this.#timeline = timeline(capture);
    const { baseHigh } = this.#timeline;
    const crossCpuIrqs = new Map<number, string>();
    const known = { ...machine, crossCpuIrqs };
    this.#table = new EventTable(formats, known, compactSched, index !== undefined);
    this.#events = new TrackEventWriter(packets, baseHigh);
    const tgids = new Map(capture.threads.map(({ tid, tgid }) => [tid, tgid]));
    this.#tracks = new TraceTracks(this.#events, tgids);
    this.#recorded = new Operations(files.operations, this.#timeline.operations);
    this.#operations = new OperationSlices(
      this.#recorded,
      capture.techniques,
      this.#events,
      this.#tracks,
      index,
    );
    const absolute = (time: number): Annotation =>
      baseHigh === 0 ? time : (BigInt(baseHigh) << 32n) + BigInt(time);
    this.#handlers = new HandlerSlices(this.#events, this.#tracks, absolute, index);
    // The lab's captures have formats of enabled events only, others of all
    const has = (event: string): boolean =>
      capture.ladder !== UNKNOWN_LADDER && this.#table.has(event);
    const sources = {
      csd: has("csd:csd_queue_cpu"),
      send: has("ipi:ipi_send_cpu"),
      raise: has("ipi:ipi_raise"),
      entry: has("ipi:ipi_entry"),
    };
    this.#interrupts = new Interrupts(
      (cpu) => this.#firstTimes.get(cpu) ?? Infinity,
      sources,
      symbols,
      this.#operations,
      this.#handlers,
      this.#events,
      this.#tracks,
    );
    this.#pages = new PageConverter(
      { ...machine, baseHigh, resolver: symbols },
      this.#table,
      this.#losses,
      packets,
      this.#timeline.end,
      (signal) => this.#queue.add(signal),
      index,
    );
  }

  async run(source: CaptureSource, signal: AbortSignal | undefined): Promise<Conversion> {
    this.#describe();
    const cpus: CpuPages[] = [];
    try {
      for (const cpu of this.#files.cpus) {
        const chunks = await source.open(pagesName(cpu));
        cpus.push(new CpuPages(cpu, chunks, this.#files.layout, this.#timeline.pages));
      }
      for (const pages of cpus) {
        await pages.more();
        // Without a loss before it the first page tells all from the begin
        const complete = pages.page !== undefined && pages.decoder.missed === 0;
        this.#firstTimes.set(pages.cpu, complete ? 0 : pages.time);
      }
      await this.#convert(cpus, signal);
    } finally {
      for (const pages of cpus) await pages.close();
    }
    return await this.#finish();
  }

  #describe(): void {
    const { capture } = this.#files;
    const { begin } = this.#timeline;
    if (begin !== undefined) writeClockSnapshot(this.#packets, begin);
    writeSystemInfo(this.#packets, {
      machine: capture.arch,
      release: capture.kernel,
      version: capture.version,
      hz: capture.hz ?? undefined,
      pageSize: capture.pageSize,
      cpus: capture.cpus.length,
    });
    writeProcessTree(this.#packets, capture.threads);
    writeDescriptors(this.#packets, this.#table.plans);
  }

  /** Takes the page that begins first, again and again. */
  async #convert(cpus: readonly CpuPages[], signal: AbortSignal | undefined): Promise<void> {
    while (true) {
      const first = cpus.reduce<CpuPages | undefined>(
        (best, pages) =>
          pages.page !== undefined && !(best && best.time <= pages.time) ? pages : best,
        undefined,
      );
      if (first === undefined) return;
      // What begins before all pages that are left is complete
      this.#settle(first.time);
      if (this.#pages.take(first)) this.#interrupts.lost(first.cpu);
      if (!first.next()) {
        signal?.throwIfAborted();
        await first.more();
      }
      if (this.#packets.full) {
        signal?.throwIfAborted();
        await this.#packets.flush();
      }
    }
  }

  #settle(until: number): void {
    for (const signal of this.#queue.take(until)) this.#interrupts.take(signal);
  }

  async #finish(): Promise<Conversion> {
    this.#settle(Infinity);
    while (!this.#operations.advance(Infinity, () => this.#packets.full)) {
      await this.#packets.flush();
    }
    this.#handlers.finish();
    this.#pages.finish();
    const conversion = {
      events: this.#pages.events,
      operations: {
        written: this.#operations.written,
        rejected: this.#operations.rejected + this.#recorded.rejected,
      },
      sends: this.#interrupts.sends,
      matched: this.#interrupts.matched,
      unseen: this.#interrupts.unseen,
      handlers: { written: this.#handlers.written, incomplete: this.#handlers.incomplete },
      losses: this.#losses,
      warnings: this.#timeline.warning === undefined ? [] : [this.#timeline.warning],
    };
    const start = this.#timeline.start ?? this.#pages.firstTime ?? 0;
    writeMetadata(this.#events, this.#tracks, start, this.#files.capture, conversion);
    await this.#packets.flush();
    this.#describeIndex();
    return { ...conversion, bytes: this.#packets.bytesWritten };
  }

  #describeIndex(): void {
    const { arch, kernel, threads } = this.#files.capture;
    this.#index?.describe({
      baseHigh: this.#timeline.baseHigh,
      first: this.#pages.firstTime,
      last: this.#pages.lastTime,
      events: this.#pages.events,
      lost: this.#losses.lostEvents,
      arch,
      kernel,
      threads,
    });
  }
}
