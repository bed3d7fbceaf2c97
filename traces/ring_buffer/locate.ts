import type { EventField } from "./event_format.ts";

/** Bytes of a page from `begin` up to, not including, `end`. */
export interface Span {
  begin: number;
  end: number;
}

/**
 * Finds the content of a field, which may lie elsewhere in the event.
 *
 * `__data_loc` is a 32-bit word, length in the upper and offset from the event's begin in the lower
 * half; `__rel_loc` counts from the end of the word itself (include/trace/stages).
 *
 * @param span Receives the place, empty if it is not inside of the event.
 * @param at Begin of the event in the page.
 * @param length Bytes of the event.
 * @returns Whether the content lies inside of the event.
 */
export function locate(
  span: Span,
  { locator, offset, size }: EventField,
  view: DataView,
  at: number,
  length: number,
  littleEndian: boolean,
): boolean {
  let from = offset;
  let bytes = size;
  if (locator === "to-end") {
    bytes = length - offset;
  } else if (locator !== "none") {
    const word = view.getUint32(at + offset, littleEndian);
    from = (word & 0xffff) + (locator === "rel-loc" ? offset + size : 0);
    bytes = word >>> 16;
  }
  const inside = bytes >= 0 && from + bytes <= length;
  span.begin = inside ? at + from : at;
  span.end = inside ? span.begin + bytes : at;
  return inside;
}
