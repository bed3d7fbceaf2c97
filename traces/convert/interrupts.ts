import { argument, category } from "../perfetto/names.ts";
import type { Address, TrackEventWriter } from "../perfetto/track_events.ts";
import type { HandlerSlices, MatchedSend } from "./handler_slices.ts";
import type { KernelSymbols } from "./kernel_symbols.ts";
import type { OperationSlices } from "./operation_slices.ts";
import { addressKey, PendingSends, type Send } from "./sends.ts";
import type { Signal } from "./signals.ts";
import type { TraceTracks } from "./trace_tracks.ts";

/**
 * Which events a capture has: decides what is the key from sender to handler. What is not said to
 * be there is found when the first such event comes.
 */
export interface SignalSources {
  /** csd_queue_cpu: the address of the call's descriptor. */
  csd: boolean;
  /** ipi_send_cpu, ipi_send_cpumask: target CPU and kind of interrupt. */
  send: boolean;
  /** ipi_raise: target CPUs and reason. */
  raise: boolean;
  /** ipi_entry: handlers of interrupts between CPUs have events of their own. */
  entry: boolean;
}

const textOf = new TextDecoder();

/** The kinds of interrupt that matter; others are known by their name. */
const CALL = "call";
const RESCHEDULE = "reschedule";
/** One interrupt for all kinds, told apart by a word in memory (ppc64le, smp_ipi_demux()). */
const MULTIPLEXED = "multiplexed";

/** Joins senders and handlers: each send gets a flow, each handler the flows that led to it. */
export class Interrupts {
  /** Calls and interrupts sent to other CPUs while the pages tell what those did. */
  sends = 0;
  /** Sent before the target's first page: their handlers were overwritten. */
  unseen = 0;
  /** Handlers found for calls and interrupts that were sent. */
  matched = 0;
  readonly #pending = new PendingSends();
  #flow = 0;

  /**
   * @param firstTime From when on a CPU's pages tell what it did, ns relative to the base; infinite
   * if it has none.
   */
  constructor(
    private readonly firstTime: (cpu: number) => number,
    private readonly sources: SignalSources,
    private readonly symbols: KernelSymbols,
    private readonly operations: OperationSlices,
    private readonly handlers: HandlerSlices,
    private readonly events: TrackEventWriter,
    private readonly tracks: TraceTracks,
  ) {}

  /** Takes the next signal in the order of time. */
  take(signal: Signal): void {
    const { cpu, time } = signal;
    this.operations.advance(time);
    switch (signal.kind) {
      case "queue": {
        this.sources.csd = true;
        const func = this.#symbol(signal.func);
        const { target, csd, callSite } = signal;
        this.#send(signal, target, callKey(func, target, csd), callSite, func, csd);
        return;
      }
      case "send":
        return this.#sendInterrupt(signal);
      case "raise": {
        this.sources.raise = true;
        const reason = this.#string(signal.reason);
        const kind = kindOf(reason);
        if (kind === CALL && this.sources.csd) return;
        for (const target of signal.targets) {
          this.#send(signal, target, `${kind} ${target}`, undefined, reason, undefined);
        }
        return;
      }
      case "irq-enter":
        if (this.sources.entry) return;
        return this.handlers.enter(
          cpu,
          time,
          signal.name,
          this.#sendersOf(cpu, time, MULTIPLEXED),
        );
      case "irq-exit":
        if (this.sources.entry) return;
        return this.handlers.exit(cpu, time, signal.name);
      case "enter": {
        if (signal.reason !== undefined) this.sources.entry = true;
        const name = this.#handlerName(signal);
        return this.handlers.enter(cpu, time, name, this.#sendersOf(cpu, time, name));
      }
      case "exit":
        return this.handlers.exit(cpu, time, this.#handlerName(signal));
      case "call": {
        const func = this.#symbol(signal.func);
        const key = callKey(func, cpu, signal.csd);
        const first = this.#pending.takeFirst(key, cpu);
        const sends = first === undefined
          ? []
          : typeof key === "number"
          ? [first]
          : [first, ...this.#pending.takeAll(key)];
        this.matched += sends.length;
        const senders = sends.map((send) => ({ send, match: "csd" as const }));
        return this.handlers.call(cpu, time, func, signal.csd, senders);
      }
      case "return":
        return this.handlers.return(cpu, time);
    }
  }

  /** Events of a CPU were lost: what waits for a handler might wait for ever. */
  lost(cpu: number): void {
    this.#pending.forgetAll();
    this.handlers.abandon(cpu);
  }

  /** The kernel's own interrupt sends, where no better event tells of them. */
  #sendInterrupt(signal: Extract<Signal, { kind: "send" }>): void {
    const { callback, callSite, targets, cpu } = signal;
    this.sources.send = true;
    const kind = callback.high === 0 && callback.low === 0 ? RESCHEDULE : CALL;
    if (this.sources.raise || (kind === CALL && this.sources.csd)) return;
    const func = kind === CALL ? this.#symbol(callback) : kind;
    for (const target of targets) {
      if (target === cpu) continue;
      this.#send(signal, target, `${kind} ${target}`, callSite, func, undefined);
    }
  }

  #send(
    { time, cpu, tid }: Signal,
    target: number,
    key: string | number,
    callSite: Address | undefined,
    func: string,
    csd: Address | undefined,
  ): void {
    const flow = ++this.#flow;
    if (time >= this.firstTime(target)) this.sends++;
    else this.unseen++;
    const running = this.operations.of(tid);
    const operation = running === undefined ? undefined : this.operations.idOf(running);
    const send: Send = { flow, time, cpu, tid, target, operation, csd };
    this.#pending.add(key, send);
    if (running !== undefined) {
      running.flows.push(flow);
      running.targets.add(target);
      return;
    }
    this.events.instant({
      track: this.tracks.thread(tid) ?? this.tracks.interrupts(cpu),
      time,
      category: category.send,
      name: func,
      flows: [flow],
      annotations: {
        [argument.function]: func,
        [argument.target]: target,
        [argument.cpu]: cpu,
        [argument.senderThread]: tid,
        [argument.csd]: csd && { address: csd },
        [argument.callSite]: callSite && this.#symbol(callSite),
      },
    });
  }

  /** Who sent the interrupt that begins now, where that can be said without a descriptor. */
  #sendersOf(cpu: number, time: number, name: string): MatchedSend[] {
    const kinds = kindsOf(name).filter((kind) => !(this.sources.csd && kind === CALL));
    if (this.sources.send || this.sources.raise) {
      const sends = kinds.flatMap((kind) => this.#pending.takeAll(`${kind} ${cpu}`));
      this.matched += sends.length;
      return sends.map((send) => ({ send, match: "ipi" }));
    }
    if (!kinds.includes(CALL)) return [];
    const operation = this.operations.onlyOneBeside(cpu);
    return operation === undefined ? [] : [this.#guess(operation, cpu, time)];
  }

  /** No event tells of the sending: the only operation that runs now must have done it. */
  #guess(
    running: NonNullable<ReturnType<OperationSlices["of"]>>,
    target: number,
    time: number,
  ): MatchedSend {
    const flow = ++this.#flow;
    this.sends++;
    this.matched++;
    running.flows.push(flow);
    running.targets.add(target);
    const { cpu, tid } = this.operations.placeOf(running);
    const operation = this.operations.idOf(running);
    return { send: { flow, time, cpu, tid, target, operation, csd: undefined }, match: "time" };
  }

  #handlerName(signal: Extract<Signal, { kind: "enter" | "exit" }>): string {
    return signal.reason === undefined ? signal.name : this.#string(signal.reason);
  }

  #symbol({ high, low }: Address): string {
    return textOf.decode(this.symbols.symbol(high, low));
  }

  #string({ high, low }: Address): string {
    return textOf.decode(this.symbols.string(high, low));
  }
}

/**
 * Wake-ups that wait for a CPU are handled by one call, which names one descriptor only
 * (__flush_smp_call_function_queue, kernel/smp.c).
 */
const TOGETHER = "sched_ttwu_pending";

/** Key from a queued call to its execution: the descriptor, or the target for those handled together. */
function callKey(func: string, target: number, csd: Address): string | number {
  return func === TOGETHER ? `${TOGETHER} ${target}` : addressKey(csd);
}

/** The kinds that a handler may stand for. */
function kindsOf(name: string): readonly string[] {
  return name === MULTIPLEXED ? [CALL, RESCHEDULE] : [kindOf(name)];
}

/** arm64's reasons (ipi_types, arch/arm64/kernel/smp.c) and x86's vectors, brought together. */
function kindOf(name: string): string {
  if (/^call_function|^Function call/.test(name)) return CALL;
  if (/^resched/i.test(name)) return RESCHEDULE;
  return name;
}
