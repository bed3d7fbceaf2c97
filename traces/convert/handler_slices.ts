import { argument, category } from "../perfetto/names.ts";
import type { Address, Annotation, TrackEventWriter } from "../perfetto/track_events.ts";
import type { TraceIndexBuilder } from "../index/index_builder.ts";
import { markOf } from "../index/slice_marks.ts";
import type { Send } from "./sends.ts";
import type { TraceTracks } from "./trace_tracks.ts";

/** How a handler was matched to its sender. */
export type Match = "csd" | "ipi" | "time";

/** A sender as a handler's slice names it. */
export interface MatchedSend {
  readonly send: Send;
  readonly match: Match;
}

interface Call {
  readonly func: string;
  readonly csd: Address;
  readonly begin: number;
  end: number | undefined;
  readonly sender: MatchedSend | undefined;
}

interface Handler {
  readonly name: string;
  readonly begin: number;
  /** Not a handler that the kernel told of, but a call outside of one. */
  readonly bare: boolean;
  readonly senders: MatchedSend[];
  readonly calls: Call[];
}

/** Calls in one handler that are kept; the kernel runs a few. */
const MAX_CALLS = 4096;

/** Collects what happens in each CPU's interrupt handler and writes it when the handler ends. */
export class HandlerSlices {
  written = 0;
  incomplete = 0;
  readonly #open = new Map<number, Handler>();
  readonly #absolute: (time: number) => Annotation;

  /**
   * @param absolute Turns a time relative to the base into one of the clock, for annotations.
   */
  constructor(
    private readonly events: TrackEventWriter,
    private readonly tracks: TraceTracks,
    absolute: (time: number) => Annotation,
    private readonly index: TraceIndexBuilder | undefined,
  ) {
    this.#absolute = absolute;
  }

  /** A handler began; one that is still open lost its end. */
  enter(cpu: number, time: number, name: string, senders: readonly MatchedSend[]): void {
    this.#abandon(cpu);
    this.#open.set(cpu, { name, begin: time, bare: false, senders: [...senders], calls: [] });
  }

  exit(cpu: number, time: number, name: string): void {
    const handler = this.#open.get(cpu);
    if (handler === undefined) return;
    if (handler.name !== name) return this.#abandon(cpu);
    this.#open.delete(cpu);
    this.#write(cpu, handler, time, false);
  }

  /** A function for another CPU began, inside of a handler or not. */
  call(
    cpu: number,
    time: number,
    func: string,
    csd: Address,
    senders: readonly MatchedSend[],
  ): void {
    let handler = this.#open.get(cpu);
    if (handler?.bare) {
      this.#abandon(cpu);
      handler = undefined;
    }
    if (handler === undefined) {
      handler = { name: "csd_function", begin: time, bare: true, senders: [], calls: [] };
      this.#open.set(cpu, handler);
    }
    if (handler.calls.length === MAX_CALLS) return;
    handler.calls.push({ func, csd, begin: time, end: undefined, sender: senders[0] });
    handler.senders.push(...senders);
  }

  /** A function for another CPU ended. */
  return(cpu: number, time: number): void {
    const handler = this.#open.get(cpu);
    const call = handler?.calls.findLast(({ end }) => end === undefined);
    if (handler === undefined || call === undefined) return;
    call.end = time;
    if (!handler.bare) return;
    this.#open.delete(cpu);
    this.#write(cpu, handler, time, false);
  }

  /** Events of a CPU were lost, or the capture ended: what is open has no known end. */
  abandon(cpu: number): void {
    this.#abandon(cpu);
  }

  finish(): void {
    for (const cpu of [...this.#open.keys()]) this.#abandon(cpu);
  }

  #abandon(cpu: number): void {
    const handler = this.#open.get(cpu);
    if (handler === undefined) return;
    this.#open.delete(cpu);
    this.incomplete++;
    const last = handler.calls.at(-1);
    this.#write(cpu, handler, last?.end ?? last?.begin ?? handler.begin, true);
  }

  #write(cpu: number, handler: Handler, end: number, incomplete: boolean): void {
    const track = this.tracks.interrupts(cpu);
    const first = handler.calls.find(({ sender }) => sender !== undefined) ?? handler.calls[0];
    const sender = first?.sender ?? handler.senders[0];
    this.events.begin({
      track,
      time: handler.begin,
      category: category.interrupt,
      name: handler.name,
      flows: handler.senders.map(({ send }) => send.flow),
      annotations: {
        [argument.cpu]: cpu,
        [argument.function]: first?.func,
        [argument.csd]: first && { address: first.csd },
        ...this.#sender(sender),
        [argument.calls]: handler.calls.length,
        [argument.incomplete]: incomplete ? 1 : undefined,
      },
    });
    for (const call of handler.calls) this.#writeCall(track, cpu, call, end);
    this.events.end(track, end);
    this.written++;
    if (this.index !== undefined) tellIndex(this.index, cpu, handler, end, incomplete);
  }

  #writeCall(track: number, cpu: number, call: Call, end: number): void {
    this.events.begin({
      track,
      time: call.begin,
      category: category.call,
      name: call.func,
      annotations: {
        [argument.cpu]: cpu,
        [argument.function]: call.func,
        [argument.csd]: { address: call.csd },
        ...this.#sender(call.sender),
      },
    });
    this.events.end(track, call.end ?? end);
  }

  #sender(sender: MatchedSend | undefined): Record<string, Annotation | undefined> {
    if (sender === undefined) return {};
    const { send, match } = sender;
    return {
      [argument.match]: match,
      [argument.sentAt]: this.#absolute(send.time),
      [argument.senderCpu]: send.cpu,
      [argument.senderThread]: send.tid,
      [argument.operation]: send.operation,
    };
  }
}

function tellIndex(
  index: TraceIndexBuilder,
  cpu: number,
  { name, begin, senders, calls }: Handler,
  end: number,
  incomplete: boolean,
): void {
  const place = index.handler(cpu, begin, end, name, markOf(incomplete, senders[0]?.match ?? null));
  for (const call of calls) {
    const mark = markOf(false, call.sender?.match ?? null);
    index.call(cpu, call.begin, call.end ?? end, call.func, mark);
  }
  for (const { send: { flow, time, cpu: senderCpu } } of senders) {
    index.arrival({ flow, sent: time, senderCpu, cpu, handler: place });
  }
}
