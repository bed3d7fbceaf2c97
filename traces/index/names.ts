/** What slices are called; each name is kept once. */

import type { NameKind, TraceIndexMeta } from "./meta.ts";

const textOf = new TextDecoder();
const IDLE = "idle";
/** Bytes of a thread's name (TASK_COMM_LEN of include/linux/sched.h). */
const COMM_BYTES = 16;

/** A thread's name as it was last seen. */
interface SeenThread {
  /** The name's bytes, as numbers. */
  readonly words: Uint32Array;
  number: number;
}

/** The names of an index. */
export class Names {
  readonly texts: string[] = [];
  readonly kinds: NameKind[] = [];
  readonly tids: (number | null)[] = [];
  readonly #numbers = new Map<NameKind, Map<string, number>>();
  readonly #threads = new Map<number, SeenThread>();
  /** The latest name of each thread. */
  readonly #latest = new Map<number, number>();
  /** Names of threads that were told beforehand. */
  readonly #told = new Map<number, string>();

  /** Number of a name. @param tid Of a thread whose name ends with it. */
  of(kind: NameKind, text: string, tid: number | null = null): number {
    let numbers = this.#numbers.get(kind);
    if (numbers === undefined) this.#numbers.set(kind, numbers = new Map());
    const known = numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.length;
    numbers.set(text, number);
    this.texts.push(text);
    this.kinds.push(kind);
    this.tids.push(tid);
    return number;
  }

  /** Tells threads' names, for those whose events do not. */
  tell(threads: Iterable<{ readonly tid: number; readonly comm: string }>): void {
    for (const { tid, comm } of threads) this.#told.set(tid, comm);
  }

  /** Number of a thread's name, as far as it is known. */
  known(tid: number): number {
    return this.#latest.get(tid) ?? this.thread(tid, this.#told.get(tid) ?? "");
  }

  /** Number of a thread's name; CPUs that rest run thread 0. */
  thread(tid: number, comm: string): number {
    const number = tid === 0
      ? this.of("idle", IDLE, 0)
      : this.of("thread", `${comm} ${tid}`.trim(), tid);
    this.#latest.set(tid, number);
    return number;
  }

  /**
   * As {@linkcode Names.thread}, from the bytes of an event; text is only made of what is new.
   *
   * @param at Where the name's 16 bytes begin.
   */
  threadAt(tid: number, view: DataView, at: number): number {
    let seen = this.#threads.get(tid);
    if (seen === undefined) {
      this.#threads.set(tid, seen = { words: new Uint32Array(COMM_BYTES / 4), number: -1 });
    }
    const { words } = seen;
    let same = seen.number >= 0;
    for (let i = 0; i < words.length; i++) {
      const word = view.getUint32(at + 4 * i, true);
      if (words[i] !== word) {
        words[i] = word;
        same = false;
      }
    }
    if (same) return seen.number;
    const bytes = new Uint8Array(words.buffer);
    const end = bytes.indexOf(0);
    return seen.number = this.thread(tid, textOf.decode(end < 0 ? bytes : bytes.subarray(0, end)));
  }

  /** As the index keeps them. */
  get columns(): Pick<TraceIndexMeta, "names" | "nameKinds" | "nameTids"> {
    return { names: this.texts, nameKinds: this.kinds, nameTids: this.tids };
  }
}
