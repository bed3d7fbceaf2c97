import type { AddressResolver } from "../perfetto/resolver.ts";

/** Beyond this distance from its begin an address belongs to no function, bytes. */
const MAX_OFFSET = 1 << 20;
/** Resolved addresses that are remembered; more than any kernel has call sites in a trace. */
const MAX_CACHED = 1 << 16;
const UTF8 = new TextEncoder();

/** Functions in the order of their addresses; names lie in the text, from `begin` to `end`. */
interface Names {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly begin: Uint32Array;
  readonly end: Uint32Array;
}

/** Functions and constant texts of the recording kernel, by address. */
export class KernelSymbols implements AddressResolver {
  readonly #text: Uint8Array;
  readonly #functions: Names;
  readonly #strings: ReadonlyMap<string, string>;
  readonly #cache = new Map<number, Map<number, Uint8Array>>();
  #cached = 0;

  /**
   * @param kallsyms Lines `ADDRESS TYPE NAME [MODULE]`; what has no address is left out. Kept.
   * @param formats tracefs' `printk_formats`: lines `0xADDRESS : "TEXT"`.
   */
  constructor(kallsyms: Uint8Array, formats = "") {
    this.#text = kallsyms;
    this.#functions = parseSymbols(kallsyms);
    this.#strings = parseStrings(formats);
  }

  /** Number of functions that have an address. */
  get size(): number {
    return this.#functions.high.length;
  }

  symbol(high: number, low: number): Uint8Array {
    return this.#remembered(high, low, () => this.symbolText(high, low));
  }

  string(high: number, low: number): Uint8Array {
    return this.#remembered(high, low, () => {
      const address = hexAddress(high, low);
      return this.#strings.get(address) ?? address;
    });
  }

  /** As {@linkcode KernelSymbols.symbol}, as text. */
  symbolText(high: number, low: number): string {
    const index = this.#before(high, low);
    if (index >= 0) {
      const { high: highs, low: lows, begin, end } = this.#functions;
      const offset = (high - highs[index]!) * 2 ** 32 + (low - lows[index]!);
      const name = new TextDecoder().decode(this.#text.subarray(begin[index], end[index]));
      if (offset === 0) return name;
      if (offset < MAX_OFFSET) return `${name}+0x${offset.toString(16)}`;
    }
    return hexAddress(high, low);
  }

  #remembered(high: number, low: number, make: () => string): Uint8Array {
    let lows = this.#cache.get(high);
    const known = lows?.get(low);
    if (known !== undefined) return known;
    if (++this.#cached > MAX_CACHED) {
      this.#cache.clear();
      this.#cached = 1;
      lows = undefined;
    }
    if (lows === undefined) this.#cache.set(high, lows = new Map());
    const text = UTF8.encode(make());
    lows.set(low, text);
    return text;
  }

  /** Index of the last function that does not begin behind an address; -1 if there is none. */
  #before(high: number, low: number): number {
    const { high: highs, low: lows } = this.#functions;
    let from = 0;
    let to = highs.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const behind = highs[middle]! > high || (highs[middle] === high && lows[middle]! > low);
      if (behind) to = middle;
      else from = middle + 1;
    }
    return from - 1;
  }
}

/** An address as `0x` and its digits. */
export function hexAddress(high: number, low: number): string {
  return high === 0
    ? `0x${low.toString(16)}`
    : `0x${high.toString(16)}${low.toString(16).padStart(8, "0")}`;
}

const NEWLINE = 0x0a;
const SPACE = 0x20;
/** Shortest line: an address of 8 digits, a type, a name of one character. */
const SHORTEST_LINE = 12;

/** Goes over the bytes, since a hundred thousand strings would take longer than the trace. */
function parseSymbols(text: Uint8Array): Names {
  const capacity = Math.ceil(text.length / SHORTEST_LINE) + 1;
  const columns = [0, 1, 2, 3].map(() => new Uint32Array(capacity));
  const [high, low, begin, end] = columns as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let count = 0;
  let sorted = true;
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf(NEWLINE, at);
    const lineEnd = newline < 0 ? text.length : newline;
    let upper = 0;
    let lower = 0;
    let place = at;
    for (; place < lineEnd; place++) {
      const digit = hexDigit(text[place]!);
      if (digit < 0) break;
      upper = ((upper << 4) | (lower >>> 28)) >>> 0;
      lower = ((lower << 4) | digit) >>> 0;
    }
    // A space, the type, a space, the name up to the next white space
    const name = place + 3;
    const whole = lineEnd - at >= SHORTEST_LINE && text[place] === SPACE &&
      text[place + 2] === SPACE;
    // Without the right to see addresses they are all zero (kptr_restrict)
    if (whole && place > at && (upper !== 0 || lower !== 0)) {
      high[count] = upper;
      low[count] = lower;
      begin[count] = name;
      end[count] = nameEnd(text, name, lineEnd);
      if (count > 0) sorted &&= !isBehind(high, low, count - 1, count);
      count++;
    }
    at = lineEnd + 1;
  }
  const names = { high, low, begin, end };
  return sorted ? order(names, count) : order(names, count, sortedIndices(high, low, count));
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  return byte >= 0x41 && byte <= 0x46 ? byte - 0x37 : -1;
}

function nameEnd(text: Uint8Array, begin: number, lineEnd: number): number {
  let end = begin;
  while (end < lineEnd && text[end]! > SPACE) end++;
  return end;
}

function isBehind(high: Uint32Array, low: Uint32Array, one: number, other: number): boolean {
  return high[one]! > high[other]! || (high[one] === high[other] && low[one]! > low[other]!);
}

/** Modules' functions come last, whatever their addresses. */
function sortedIndices(high: Uint32Array, low: Uint32Array, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index)
    .sort((one, other) => high[one]! - high[other]! || low[one]! - low[other]! || one - other);
}

/** Cuts the columns to their length, in the order of indices. */
function order({ high, low, begin, end }: Names, count: number, indices?: Uint32Array): Names {
  const cut = (column: Uint32Array): Uint32Array =>
    indices === undefined ? column.slice(0, count) : indices.map((index) => column[index]!);
  return { high: cut(high), low: cut(low), begin: cut(begin), end: cut(end) };
}

function parseStrings(text: string): ReadonlyMap<string, string> {
  const strings = new Map<string, string>();
  for (const [, address, value] of text.matchAll(/^0x([0-9a-f]{1,16}) : "(.*)"$/gim)) {
    strings.set(`0x${address!.toLowerCase().replace(/^0+(?=.)/, "")}`, value!);
  }
  return strings;
}
