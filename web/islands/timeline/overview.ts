/// <reference lib="dom" />

/** The whole trace in one strip, with the part that is visible: drag to move, click to go there. */

import { levelFor, spanOf, TILE_BUCKETS } from "../../../traces/index/tile.ts";
import { Columns } from "./columns.ts";
import type { Model } from "./model.ts";
import type { RowKind } from "./row_layout.ts";
import { sourcesOf } from "./sources.ts";
import { Surface } from "./surface.ts";
import { readTheme, watchTheme } from "./theme.ts";
import { TimeAxis } from "./time_axis.ts";

/** Heights, CSS pixels: CPUs, interrupts, operations, with a gap after each. */
const KINDS: readonly RowKind[] = ["cpu", "interrupts", "operations"];
const GAP_PX = 2;

/** Paints the overview once, and moves the frame of what is visible over it. */
export class Overview {
  readonly #model: Model;
  readonly #surface: Surface;
  readonly #frame: HTMLElement;
  #columns = new Columns(1);
  #complete = false;

  /**
   * @param place Holds the canvas.
   * @param frame The frame of what is visible, positioned in the same element.
   */
  constructor(model: Model, place: HTMLElement, canvas: HTMLCanvasElement, frame: HTMLElement) {
    this.#model = model;
    this.#surface = new Surface(canvas);
    this.#frame = frame;
    const fit = (): void => {
      if (this.#surface.resize(place.clientWidth, place.clientHeight)) this.#begin();
    };
    fit();
    new ResizeObserver(fit).observe(place);
    watchTheme(() => this.#paint());
    model.listen({ viewChanged: (): void => this.#moveFrame() });
    this.#moveFrame();
    this.#listen(place);
  }

  /** Paints again if a tile was missing. */
  tileArrived(): void {
    if (!this.#complete) this.#paint();
  }

  #begin(): void {
    this.#columns = new Columns(this.#surface.columns);
    this.#model.overviewLevel = this.#level;
    this.#model.request(0);
    this.#paint();
  }

  get #level(): number {
    const { meta } = this.#model;
    return Math.max(1, levelFor(meta, meta.durationNs / this.#surface.columns));
  }

  #moveFrame(): void {
    const { view } = this.#model.scene;
    const { style } = this.#frame;
    style.left = `${view.from / view.durationNs * 100}%`;
    style.width = `${view.span / view.durationNs * 100}%`;
  }

  #paint(): void {
    const { meta, cache, names } = this.#model;
    const { context, width, height, columns } = this.#surface;
    const theme = readTheme();
    const level = this.#level;
    if (!meta.levels.some((one) => one.level === level)) return;
    const { parts, missing } = sourcesOf(meta, cache, level, 0, meta.durationNs);
    const axis = new TimeAxis(0, meta.durationNs, width, columns);
    const image = new ImageData(columns, 1);
    const strip = new OffscreenCanvas(columns, 1);
    this.#surface.useScreenPixels();
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, columns, this.#surface.canvas.height);
    context.imageSmoothingEnabled = false;
    const tall = Math.floor(height / KINDS.length);
    KINDS.forEach((kind, index) => {
      const rows = meta.rows.filter((row) => row.kind === kind);
      // CPUs share the height; threads mostly take turns
      const weight = kind === "operations" ? 1 : 1 / Math.max(rows.length, 1);
      const rowsOfKind = new Set(rows.map(({ row }) => row));
      this.#columns.clear();
      for (const { loaded, fromNs, toNs } of parts) {
        const bucketNs = spanOf(loaded.tile.level) / TILE_BUCKETS;
        for (const line of loaded.tile.rows) {
          if (line.depth > 0 || !("buckets" in line) || !rowsOfKind.has(line.row)) continue;
          for (let at = 0; at < line.buckets.length; at++) {
            const begin = loaded.tile.fromNs + line.buckets[at]! * bucketNs;
            if (begin + bucketNs <= fromNs || begin >= toNs || names.idle(line.names[at]!)) {
              continue;
            }
            this.#columns.bucket(
              axis.column(Math.max(begin, fromNs)),
              axis.column(Math.min(begin + bucketNs, toNs)),
              line.busy[at]! / 255 * weight,
              line.names[at]!,
            );
          }
        }
      }
      const pixels = new Uint32Array(image.data.buffer);
      this.#columns.write(pixels, 0, names.colours, theme.shades);
      strip.getContext("2d")!.putImageData(image, 0, 0);
      const { ratio } = this.#surface;
      const y = Math.round(index * tall * ratio);
      context.drawImage(
        strip,
        0,
        0,
        columns,
        1,
        0,
        y,
        columns,
        Math.round((tall - GAP_PX) * ratio),
      );
    });
    this.#complete = missing === 0;
    this.#model.overviewLevel = this.#complete ? null : level;
  }

  #listen(place: HTMLElement): void {
    let grabbed: number | null = null;
    const at = (event: PointerEvent): number => {
      const { left, width } = place.getBoundingClientRect();
      return (event.clientX - left) / width * this.#model.meta.durationNs;
    };
    place.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      place.setPointerCapture(event.pointerId);
      const { view } = this.#model.scene;
      const ns = at(event);
      // Outside of the frame, its middle comes to the pointer
      grabbed = ns >= view.from && ns <= view.to ? ns - view.from : view.span / 2;
      this.#model.look((one) => one.pan(ns - grabbed! - one.from));
    });
    place.addEventListener("pointermove", (event) => {
      if (grabbed === null) return;
      const from = at(event) - grabbed;
      this.#model.look((one) => one.pan(from - one.from));
    });
    const release = (): void => void (grabbed = null);
    place.addEventListener("pointerup", release);
    place.addEventListener("pointercancel", release);
  }
}
