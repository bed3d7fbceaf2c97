import type { EventField, EventFormat } from "../ring_buffer/event_format.ts";
import { locate, type Span } from "../ring_buffer/locate.ts";
import type { Address } from "../perfetto/track_events.ts";
import { cpuList } from "../perfetto/field_text.ts";

/** What a kernel event says about interrupts between CPUs, whatever it is called there. */
export type Signal =
  /** A call for another CPU was queued. */
  | Stamp & { kind: "queue"; target: number; csd: Address; func: Address; callSite: Address }
  /** An interrupt was sent; `callback` is 0 for one that makes the target schedule. */
  | Stamp & { kind: "send"; targets: readonly number[]; callSite: Address; callback: Address }
  /** An interrupt was sent, with its reason as text (arm, arm64). */
  | Stamp & { kind: "raise"; targets: readonly number[]; reason: Address }
  /** A handler began or ended; `name` is the vector's, or `reason` says it. */
  | Stamp & { kind: "enter" | "exit"; name: string; reason: Address | undefined }
  /** The same of an interrupt that passes as a device's (ppc64le; also arm64, beside its own events). */
  | Stamp & { kind: "irq-enter" | "irq-exit"; name: string }
  /** A function for another CPU began or ended. */
  | Stamp & { kind: "call" | "return"; csd: Address; func: Address };

/** Where and when a signal was. */
export interface Stamp {
  /** ns relative to the base. */
  readonly time: number;
  readonly cpu: number;
  /** Thread that ran there. */
  readonly tid: number;
}

/** An event in its page. */
export interface EventPlace {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly length: number;
}

/** Reads the signal out of an event; `undefined` if it concerns no other CPU. */
export type SignalReader = (place: EventPlace, stamp: Stamp) => Signal | undefined;

/** What is known of the recording machine, and what its events have told. */
export interface Machine {
  readonly littleEndian: boolean;
  readonly longBytes: number;
  /** Names of interrupts between CPUs by number, as their handlers' entries tell; filled here. */
  readonly crossCpuIrqs: Map<number, string>;
}

/** ppc64le's interrupt between threads of a core (arch/powerpc/kernel/dbell.c). */
const DOORBELL = "doorbell";

const textOf = new TextDecoder();

/** CPUs beyond this are no CPUs (Perfetto's limit). */
const MAX_CPU = 1023;

/** The reader for events of one format; `undefined` if they say nothing about interrupts. */
export function signalReader(format: EventFormat, machine: Machine): SignalReader | undefined {
  const address = (name: string): (place: EventPlace) => Address =>
    addressReader(format.fields.find((field) => field.name === name), machine.littleEndian);
  switch (`${format.system}:${format.name}`) {
    case "csd:csd_queue_cpu":
      return queueReader(address, cpuReader(format, machine));
    case "csd:csd_function_entry":
      return callReader("call", address);
    case "csd:csd_function_exit":
      return callReader("return", address);
    case "ipi:ipi_send_cpu":
    case "ipi:ipi_send_cpumask":
      return sendReader(address, cpuReader(format, machine));
    case "ipi:ipi_raise":
      return raiseReader(address, cpuReader(format, machine));
    case "ipi:ipi_entry":
    case "ipi:ipi_exit": {
      const reason = address("reason");
      const kind = format.name === "ipi_entry" ? "enter" : "exit";
      return (place, stamp) => ({ ...stamp, kind, name: "", reason: reason(place) });
    }
    case "irq:irq_handler_entry":
      return irqEntryReader(format, machine);
    case "irq:irq_handler_exit":
      return irqExitReader(format, machine);
    case "powerpc:doorbell_entry":
      return (_place, stamp) => ({ ...stamp, kind: "irq-enter", name: DOORBELL });
    case "powerpc:doorbell_exit":
      return (_place, stamp) => ({ ...stamp, kind: "irq-exit", name: DOORBELL });
  }
  return format.system === "irq_vectors" ? vectorReader(format.name) : undefined;
}

/** Device interrupts concern no other CPU; those between CPUs are named IPI (xics), IPI-NODE (xive). */
function irqEntryReader(format: EventFormat, machine: Machine): SignalReader | undefined {
  const number = numberReader(format, machine);
  const name = format.fields.find((field) => field.name === "name");
  if (number === undefined || name === undefined) return undefined;
  const span: Span = { begin: 0, end: 0 };
  return (place, stamp) => {
    const { view, bytes, at, length } = place;
    if (!locate(span, name, view, at, length, machine.littleEndian)) return undefined;
    // Told apart by three bytes: most interrupts are devices', and text costs
    const [i, p, last] = [bytes[span.begin], bytes[span.begin + 1], bytes[span.begin + 2]];
    if (span.end - span.begin < 3 || i !== 0x49 || p !== 0x50 || last !== 0x49) return undefined;
    const irq = number(place);
    let text = machine.crossCpuIrqs.get(irq);
    if (text === undefined) {
      const end = bytes.subarray(span.begin, span.end).indexOf(0);
      text = textOf.decode(bytes.subarray(span.begin, end < 0 ? span.end : span.begin + end));
      machine.crossCpuIrqs.set(irq, text);
    }
    return { ...stamp, kind: "irq-enter", name: text };
  };
}

/** The exit names its interrupt by number only. */
function irqExitReader(format: EventFormat, machine: Machine): SignalReader | undefined {
  const number = numberReader(format, machine);
  if (number === undefined) return undefined;
  return (place, stamp) => {
    const name = machine.crossCpuIrqs.get(number(place));
    return name === undefined ? undefined : { ...stamp, kind: "irq-exit", name };
  };
}

function numberReader(
  format: EventFormat,
  { littleEndian }: Machine,
): ((place: EventPlace) => number) | undefined {
  const field = format.fields.find(({ name, size }) => name === "irq" && size === 4);
  return field && (({ view, at }) => view.getInt32(at + field.offset, littleEndian));
}

type AddressOf = (name: string) => (place: EventPlace) => Address;
type Cpus = (place: EventPlace) => number[];

/** Interrupts of the local timer come from no other CPU, and Perfetto has slices of its own. */
function vectorReader(event: string): SignalReader | undefined {
  const found = /^(.+)_(entry|exit)$/.exec(event);
  if (found === null || found[1] === "local_timer") return undefined;
  const name = found[1]!;
  const kind = found[2] === "entry" ? "enter" : "exit";
  return (_place, stamp) => ({ ...stamp, kind, name, reason: undefined });
}

function queueReader(address: AddressOf, cpus: Cpus): SignalReader {
  const [csd, func, callSite] = [address("csd"), address("func"), address("callsite")];
  return (place, stamp) => {
    const [target] = cpus(place);
    if (target === undefined || target === stamp.cpu) return undefined;
    const what = { csd: csd(place), func: func(place), callSite: callSite(place) };
    return { ...stamp, kind: "queue", target, ...what };
  };
}

function callReader(kind: "call" | "return", address: AddressOf): SignalReader {
  const [csd, func] = [address("csd"), address("func")];
  return (place, stamp) => {
    const key = csd(place);
    // No descriptor: the caller's own part of a call on many CPUs
    if (key.high === 0 && key.low === 0) return undefined;
    return { ...stamp, kind, csd: key, func: func(place) };
  };
}

function sendReader(address: AddressOf, cpus: Cpus): SignalReader {
  const [callSite, callback] = [address("callsite"), address("callback")];
  return (place, stamp) => ({
    ...stamp,
    kind: "send",
    targets: cpus(place),
    callSite: callSite(place),
    callback: callback(place),
  });
}

function raiseReader(address: AddressOf, cpus: Cpus): SignalReader {
  const reason = address("reason");
  return (place, stamp) => ({
    ...stamp,
    kind: "raise",
    targets: cpus(place),
    reason: reason(place),
  });
}

const NOWHERE: Address = { high: 0, low: 0 };

function addressReader(field: EventField | undefined, little: boolean): (p: EventPlace) => Address {
  if (field === undefined) return () => NOWHERE;
  const { offset, size } = field;
  if (size === 4) return ({ view, at }) => ({ high: 0, low: view.getUint32(at + offset, little) });
  if (size !== 8) return () => NOWHERE;
  return ({ view, at }) => ({
    high: view.getUint32(at + offset + (little ? 4 : 0), little),
    low: view.getUint32(at + offset + (little ? 0 : 4), little),
  });
}

/** Reads the CPUs that an event names: one number, or a mask. */
function cpuReader(format: EventFormat, { littleEndian, longBytes }: Machine): Cpus {
  const single = format.fields.find(({ name, size }) => name === "cpu" && size === 4);
  if (single !== undefined) {
    const { offset } = single;
    return ({ view, at }) => {
      const cpu = view.getUint32(at + offset, littleEndian);
      return cpu <= MAX_CPU ? [cpu] : [];
    };
  }
  const mask = format.fields.find(({ name }) => name === "cpumask" || name === "target_cpus");
  if (mask === undefined) return () => [];
  const span: Span = { begin: 0, end: 0 };
  return ({ view, bytes, at, length }) => {
    locate(span, mask, view, at, length, littleEndian);
    const list = cpuList(bytes, span, longBytes, littleEndian);
    return list === "" ? [] : list.split(",").map(Number).filter((cpu) => cpu <= MAX_CPU);
  };
}
