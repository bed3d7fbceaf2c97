import type { EventField } from "../ring_buffer/event_format.ts";
import { readInteger } from "../ring_buffer/read_field.ts";
import type { Span } from "../ring_buffer/locate.ts";

/** Bytes of the mask of the largest kernels (CONFIG_NR_CPUS of 8192). */
const MAX_MASK = 1024;
/** Lists longer than this are cut, with "…" at the end: no kernel event has them. */
const MAX_ELEMENTS = 1024;

/**
 * CPUs of a mask, ascending, such as "1,3".
 *
 * @param longBytes Size of the mask's words: `unsigned long` of the recording kernel.
 */
export function cpuList(
  bytes: Uint8Array,
  { begin, end }: Span,
  longBytes: number,
  littleEndian: boolean,
): string {
  const cpus: number[] = [];
  for (let at = begin; at < Math.min(end, begin + MAX_MASK); at++) {
    const index = at - begin;
    // Bit 0 is in the last byte of a big-endian word
    const flipped = index - index % longBytes + (longBytes - 1 - index % longBytes);
    const byte = bytes[begin + (littleEndian ? index : flipped)] ?? 0;
    for (let bit = 0; bit < 8; bit++) {
      if ((byte >>> bit) & 1) cpus.push(index * 8 + bit);
    }
  }
  return cpus.join(",");
}

/** Numbers of an array, such as "1,2,3". */
export function listNumbers(
  view: DataView,
  { begin, end }: Span,
  { elementBytes, signed }: EventField,
  littleEndian: boolean,
): string {
  const numbers: string[] = [];
  for (let at = begin; at + elementBytes <= end; at += elementBytes) {
    if (numbers.length === MAX_ELEMENTS) {
      numbers.push("…");
      break;
    }
    numbers.push(String(readInteger(view, at, elementBytes, signed, littleEndian)));
  }
  return numbers.join(",");
}

/** Bytes in hexadecimal, such as "00ff". */
export function hexBytes(bytes: Uint8Array, { begin, end }: Span): string {
  return bytes.subarray(begin, Math.min(end, begin + MAX_ELEMENTS)).toHex();
}
