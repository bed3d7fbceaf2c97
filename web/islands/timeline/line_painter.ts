/// <reference lib="dom" />

/** Paints lines of slices and collects the names that fit into them. */

import { firstAbove } from "../../../traces/index/bounds.ts";
import type { TileBuckets, TileSlices } from "../../../traces/index/tile.ts";
import { spanOf, TILE_BUCKETS } from "../../../traces/index/tile.ts";
import { Columns, NO_NAME } from "./columns.ts";
import type { Names } from "./names.ts";
import type { Source, Sources } from "./sources.ts";
import { lineKey } from "./tile_cache.ts";
import type { TimeAxis } from "./time_axis.ts";

/** A slice narrower than this has no room for a name, CSS pixels. */
const NAME_FROM = 26;
/** Buckets of one name in a row are named from this width on. */
const RUN_FROM = 64;
/** More names than this are not read at a glance, but cost time. */
const MOST_LABELS = 256;

/** Where names are written, CSS pixels; kept from picture to picture. */
export class Labels {
  count = 0;
  readonly x0 = new Float64Array(MOST_LABELS);
  readonly x1 = new Float64Array(MOST_LABELS);
  readonly y = new Float64Array(MOST_LABELS);
  readonly names = new Uint32Array(MOST_LABELS);
  /** 1 where the name stands on shades of its colour instead of the colour itself. */
  readonly onShades = new Uint8Array(MOST_LABELS);

  /** Adds one, unless there are enough. */
  add(x0: number, x1: number, y: number, name: number, onShades: boolean): void {
    if (this.count >= MOST_LABELS) return;
    this.x0[this.count] = x0;
    this.x1[this.count] = x1;
    this.y[this.count] = y;
    this.names[this.count] = name;
    this.onShades[this.count] = onShades ? 1 : 0;
    this.count++;
  }
}

/** Which line, and where it goes. */
export interface LinePlace {
  readonly row: number;
  readonly depth: number;
  /** Row of pixels in the image. */
  readonly at: number;
  /** Where its names are written, CSS pixels. */
  readonly y: number;
  /** Columns at which a stretch of one name ends all the same: borders of the selection. */
  readonly splits: readonly number[];
}

export interface Look {
  /** See `shadesOf()`. */
  readonly shades: Uint32Array;
  /** Pixels of the screen per CSS pixel. */
  readonly ratio: number;
}

/** Paints lines into an image with one row of pixels for each; the painter stretches them. */
export class LinePainter {
  readonly #names: Names;
  readonly labels = new Labels();
  /** Slices and buckets that the last picture was made of. */
  slices = 0;
  #columns = new Columns(1);
  #image = new ImageData(1, 1);
  #pixels = new Uint32Array(1);
  readonly #strip = document.createElement("canvas");
  readonly #context = this.#strip.getContext("2d")!;

  constructor(names: Names) {
    this.#names = names;
  }

  /** The image: a row of pixels for each line. */
  get image(): HTMLCanvasElement {
    return this.#strip;
  }

  /** Begins a picture of so many columns and at most so many lines. */
  begin(columns: number, lines: number): void {
    this.labels.count = 0;
    this.slices = 0;
    if (this.#columns.width !== columns) this.#columns = new Columns(columns);
    if (this.#image.width === columns && this.#image.height >= lines) return;
    this.#image = new ImageData(columns, Math.max(lines, 1));
    this.#pixels = new Uint32Array(this.#image.data.buffer);
    this.#strip.width = columns;
    this.#strip.height = this.#image.height;
  }

  line({ parts }: Sources, axis: TimeAxis, place: LinePlace, { shades, ratio }: Look): void {
    const { row, depth, at, y } = place;
    const columns = this.#columns;
    columns.clear();
    let buckets = false;
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index]!;
      const found = part.loaded.lines.get(lineKey(row, depth));
      if (found === undefined) continue;
      if ("begins" in found) this.#slices(found, part, axis, ratio, index === 0, y);
      else {
        buckets = true;
        this.#buckets(found, part, axis);
      }
    }
    if (buckets) this.#nameRuns(ratio, place);
    columns.write(this.#pixels, at * columns.width, this.#names.colours, shades);
  }

  /** Hands over the first so many lines. */
  finish(lines: number): void {
    this.#context.putImageData(this.#image, 0, 0, 0, 0, this.#columns.width, lines);
  }

  #slices(
    { begins, ends, names }: TileSlices,
    { fromNs, toNs }: Source,
    axis: TimeAxis,
    ratio: number,
    leftmost: boolean,
    y: number,
  ): void {
    const { width } = this.#columns;
    const lastNs = Math.min(toNs, axis.originNs + width * axis.nsPerColumn);
    const wide = NAME_FROM * ratio;
    for (let index = firstAbove(ends, Math.max(fromNs, axis.originNs)); index < begins.length;) {
      const [begin, end, name] = [begins[index]!, ends[index]!, names[index]!];
      index++;
      if (begin >= lastNs) return;
      if (this.#names.idle(name)) continue;
      this.slices++;
      const x0 = axis.column(begin);
      const x1 = axis.column(end);
      this.#columns.slice(
        Math.max(x0, axis.column(fromNs)),
        Math.min(x1, axis.column(toNs)),
        name,
        end <= toNs,
      );
      // A slice that several tiles hold is named once
      if (x1 - x0 >= wide && (leftmost || begin >= fromNs)) {
        this.labels.add(Math.max(x0, 0) / ratio, Math.min(x1, width) / ratio, y, name, false);
      }
    }
  }

  #buckets({ buckets, busy, names }: TileBuckets, part: Source, axis: TimeAxis): void {
    const { tile } = part.loaded;
    const widthNs = spanOf(tile.level) / TILE_BUCKETS;
    const firstNs = Math.max(part.fromNs, axis.originNs);
    const lastNs = Math.min(part.toNs, axis.originNs + this.#columns.width * axis.nsPerColumn);
    const first = Math.floor((firstNs - tile.fromNs) / widthNs);
    for (let index = firstAbove(buckets, first - 1); index < buckets.length; index++) {
      const beginNs = tile.fromNs + buckets[index]! * widthNs;
      if (beginNs >= lastNs) return;
      const name = names[index]!;
      if (this.#names.idle(name)) continue;
      this.slices++;
      this.#columns.bucket(
        axis.column(Math.max(beginNs, part.fromNs)),
        axis.column(Math.min(beginNs + widthNs, part.toNs)),
        busy[index]! / 255,
        name,
      );
    }
  }

  /** Names stretches in which one name takes most of every column. */
  #nameRuns(ratio: number, { y, splits }: LinePlace): void {
    const { names, width } = this.#columns;
    for (let from = 0; from < width;) {
      const name = names[from]!;
      let to = from + 1;
      while (to < width && names[to] === name && !splits.includes(to)) to++;
      if (name !== NO_NAME && to - from >= RUN_FROM * ratio) {
        this.labels.add(from / ratio, to / ratio, y, name, true);
      }
      from = to;
    }
  }
}
