import type { Address } from "../perfetto/track_events.ts";

/** A sent call or interrupt that waits for its handler. */
export interface Send {
  /** The flow from its sender to the handler. */
  readonly flow: number;
  /** ns relative to the base. */
  readonly time: number;
  readonly cpu: number;
  readonly tid: number;
  readonly target: number;
  /** Number of the operation that sent it. */
  readonly operation: number | undefined;
  readonly csd: Address | undefined;
}

/** More waiting sends than this are leftovers of lost events. */
const MAX_WAITING = 1 << 16;

/** Sends that wait for their handlers, by key. */
export class PendingSends {
  readonly #byKey = new Map<string | number, Send[]>();
  #waiting = 0;
  /** Sends that no handler was seen for. */
  unmatched = 0;

  add(key: string | number, send: Send): void {
    if (this.#waiting >= MAX_WAITING) this.forgetAll();
    const list = this.#byKey.get(key);
    if (list === undefined) this.#byKey.set(key, [send]);
    else list.push(send);
    this.#waiting++;
  }

  /** The oldest send with this key to a CPU. */
  takeFirst(key: string | number, target: number): Send | undefined {
    const list = this.#byKey.get(key);
    const index = list?.findIndex((send) => send.target === target) ?? -1;
    if (list === undefined || index < 0) return undefined;
    const [send] = list.splice(index, 1);
    if (list.length === 0) this.#byKey.delete(key);
    this.#waiting--;
    return send;
  }

  /** All sends with this key: interrupts that come while one is pending are handled together. */
  takeAll(key: string | number): readonly Send[] {
    const list = this.#byKey.get(key) ?? [];
    this.#byKey.delete(key);
    this.#waiting -= list.length;
    return list;
  }

  /** Gives up all: their handlers may be among lost events. */
  forgetAll(): void {
    this.unmatched += this.#waiting;
    this.#waiting = 0;
    this.#byKey.clear();
  }
}

/**
 * A call descriptor's address as a number: its lower 53 bits, since the upper ones are the same
 * for all addresses of a kernel.
 */
export function addressKey({ high, low }: Address): number {
  return (high & 0x1fffff) * 2 ** 32 + low;
}
