/** Finds slices by what they are called. */

import type { SearchHit, SearchResult } from "./answers.ts";
import { firstAbove, firstNotBelow } from "./bounds.ts";
import type { TraceIndex } from "./trace_index.ts";

/** What to look for. */
export interface SearchQuery {
  /** Part of a name, upper and lower case alike; "#123": the operation of that number. */
  readonly text: string;
  /** From where, ns; slices that begin there are among the next ones, not the previous ones. */
  readonly fromNs: number;
  readonly direction: "next" | "previous";
  readonly limit: number;
}

/** Names that are listed. */
const MAX_NAMES = 100;

export function searchIndex(index: TraceIndex, query: SearchQuery): SearchResult {
  const { meta, columns: { slices } } = index;
  const number = /^#(\d{1,15})$/.exec(query.text)?.[1];
  if (number !== undefined) return { names: [], hits: operationHit(index, Number(number)) };
  const text = query.text.toLowerCase();
  const isWanted = Uint8Array.from(
    meta.names,
    (name) => text !== "" && name.toLowerCase().includes(text) ? 1 : 0,
  );
  if (!isWanted.includes(1)) return { names: [], hits: [] };
  const counts = new Uint32Array(meta.names.length);
  for (let slice = 0; slice < slices.names.length; slice++) counts[slices.names[slice]!]!++;
  const names = meta.names.flatMap((name, at) =>
    isWanted[at] === 1 && counts[at]! > 0
      ? [{ name, kind: meta.nameKinds[at]!, count: counts[at]! }]
      : []
  ).sort((one, other) => other.count - one.count).slice(0, MAX_NAMES);
  return { names, hits: nearest(index, isWanted, query) };
}

function operationHit(index: TraceIndex, number: number): SearchHit[] {
  const at = index.columns.operations.ids.indexOf(number);
  return at < 0 ? [] : [hit(index, index.firstOperation + at)];
}

/** The nearest slices of each lane, then the nearest of these. */
function nearest(
  index: TraceIndex,
  isWanted: Uint8Array,
  { fromNs, direction, limit }: SearchQuery,
): SearchHit[] {
  const { slices: { begins, names }, lanes: { rows, firsts } } = index.columns;
  const next = direction === "next";
  const found: number[] = [];
  for (let lane = 0; lane < rows.length; lane++) {
    const [low, high] = [firsts[lane]!, firsts[lane + 1]!];
    const from = firstNotBelow(begins, fromNs, low, high);
    let left = limit;
    for (
      let slice = next ? from : from - 1;
      left > 0 && slice >= low && slice < high;
      slice += next ? 1 : -1
    ) {
      if (isWanted[names[slice]!] === 0) continue;
      found.push(slice);
      left--;
    }
  }
  found.sort((one, other) => begins[one]! - begins[other]! || one - other);
  if (!next) found.reverse();
  return found.slice(0, limit).map((slice) => hit(index, slice));
}

function hit({ meta, columns: { slices, lanes } }: TraceIndex, id: number): SearchHit {
  return {
    id,
    row: lanes.rows[firstAbove(lanes.firsts, id) - 1]!,
    name: meta.names[slices.names[id]!]!,
    beginNs: slices.begins[id]!,
    endNs: slices.ends[id]!,
  };
}
