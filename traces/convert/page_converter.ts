import { UNKNOWN_LOSS } from "../ring_buffer/page_decoder.ts";
import { type EventContext, EventWriter } from "../perfetto/event_writer.ts";
import type { EventPlan } from "../perfetto/event_plan.ts";
import { FtraceBundle } from "../perfetto/ftrace_bundle.ts";
import type { PacketWriter } from "../perfetto/packet_writer.ts";
import type { TraceIndexBuilder } from "../index/index_builder.ts";
import type { CpuPages } from "./cpu_pages.ts";
import { type EventTable, isAtraceText } from "./event_table.ts";
import type { Damage, Losses } from "./losses.ts";
import type { EventPlace, Signal } from "./signals.ts";
import { indexSwitch } from "./switches.ts";

/** Shortest event that has a number, at its begin, and a thread (struct trace_entry), bytes. */
const MINIMUM = 8;

/** Writes the events of decoded pages into bundles, and picks out the signals. */
export class PageConverter {
  events = 0;
  /** Time of the first event written, ns relative to the base. */
  firstTime: number | undefined = undefined;
  readonly #bundles = new Map<number, FtraceBundle>();
  readonly #lastTimes = new Map<number, number>();
  readonly #writer: EventWriter;

  /**
   * @param end No event can be later, ns relative to the base.
   * @param index Told who runs where.
   */
  constructor(
    private readonly context: EventContext,
    private readonly table: EventTable,
    private readonly losses: Losses,
    private readonly packets: PacketWriter,
    private readonly end: number,
    private readonly onSignal: (signal: Signal) => void,
    private readonly index: TraceIndexBuilder | undefined,
  ) {
    this.#writer = new EventWriter(context);
  }

  /**
   * Takes the page that is decoded.
   *
   * @returns Whether events were lost before it or in it.
   */
  take(pages: CpuPages): boolean {
    const { cpu, decoder, page } = pages;
    if (page === undefined) return false;
    const bundle = this.#bundle(cpu);
    const damage = this.#damageOf(pages);
    const lost = decoder.missed !== 0 || damage !== undefined;
    if (decoder.missed === UNKNOWN_LOSS) this.losses.unknownLosses++;
    else this.losses.lostEvents += decoder.missed;
    if (decoder.missed !== 0) bundle.markLost(this.packets);
    if (damage === "disordered" || damage === "beyond-end") {
      this.losses.damage({ cpu, page: page.number, damage, bytes: page.bytes.length });
    } else {
      this.#events(bundle, pages);
      if (damage !== undefined) {
        this.losses.damage({ cpu, page: page.number, damage, bytes: decoder.bytesLost });
      }
    }
    if (damage !== undefined) bundle.markLost(this.packets);
    else if (bundle.full) bundle.flush(this.packets);
    return lost;
  }

  /** Time of the last event written, ns relative to the base. */
  get lastTime(): number | undefined {
    return this.firstTime === undefined ? undefined : Math.max(...this.#lastTimes.values());
  }

  /** Writes what is left. */
  finish(): void {
    this.losses.malformedFields = this.#writer.malformed;
    for (const bundle of this.#bundles.values()) bundle.flush(this.packets);
  }

  #damageOf({ cpu, decoder }: CpuPages): Damage | undefined {
    const { damage, count, times, pageTime } = decoder;
    if (count === 0) return damage;
    if (pageTime < (this.#lastTimes.get(cpu) ?? 0)) return "disordered";
    const last = times[count - 1]!;
    if (last > this.end) return "beyond-end";
    this.#lastTimes.set(cpu, last);
    this.firstTime ??= times[0]!;
    return damage;
  }

  #bundle(cpu: number): FtraceBundle {
    let bundle = this.#bundles.get(cpu);
    if (bundle === undefined) this.#bundles.set(cpu, bundle = new FtraceBundle(cpu));
    return bundle;
  }

  #events(bundle: FtraceBundle, { cpu, decoder, page }: CpuPages): void {
    const { view, bytes } = page!;
    const { times, offsets, lengths, count } = decoder;
    const { littleEndian } = this.context;
    const running = this.index?.running.on(cpu);
    for (let i = 0; i < count; i++) {
      const at = offsets[i]!;
      const length = lengths[i]!;
      const entry = length < MINIMUM ? undefined : this.table.get(view.getUint16(at, littleEndian));
      if (entry === undefined) {
        this.losses.unknownEvents++;
        continue;
      }
      const { signal, freeText, compact, switched } = entry;
      let { plan } = entry;
      if (length < plan.minimumBytes) {
        this.losses.shortEvents++;
        continue;
      }
      this.events++;
      const tid = view.getInt32(at + plan.pidOffset, littleEndian);
      if (running !== undefined) {
        if (switched === undefined) running.ran(tid, times[i]!);
        else indexSwitch(running, this.index!.names, switched, view, at, littleEndian, times[i]!);
      }
      if (freeText !== undefined && !isAtraceText(bytes, at + textOffset(plan))) plan = freeText;
      if (
        compact !== undefined &&
        bundle.compact.add(compact, view, bytes, at, times[i]!, this.context)
      ) continue;
      this.#writer.write(bundle.events, plan, view, bytes, at, length, times[i]!);
      if (signal !== undefined) {
        const place: EventPlace = { view, bytes, at, length };
        const found = signal(place, { time: times[i]!, cpu, tid });
        if (found !== undefined) this.onSignal(found);
      }
    }
  }
}

/** Where the text of a trace marker begins. */
function textOffset({ format }: EventPlan): number {
  return format.fields.find(({ name }) => name === "buf")?.offset ?? 0;
}
