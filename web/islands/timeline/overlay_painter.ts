/// <reference lib="dom" />

/** Paints what lies over the slices: names, outlines, marks. */

import { formatNs } from "../../../lab/text/units.ts";
import type { Labels } from "./line_painter.ts";
import type { Names } from "./names.ts";
import { LINE_PX } from "./row_layout.ts";
import type { Line } from "./row_layout.ts";
import type { Scene } from "./scene.ts";
import type { Surface } from "./surface.ts";
import type { Theme } from "./theme.ts";
import type { TimeAxis } from "./time_axis.ts";

/** Of names in slices: of fixed width, so that no text must be measured. */
const FONT = "11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
const PADDING = 4;

/** Writes names into slices, shortened to what has room. */
export class NamePainter {
  readonly #names: Names;
  #characterPx = 0;

  constructor(names: Names) {
    this.#names = names;
  }

  /** @returns How many were written. */
  paint({ context }: Surface, labels: Labels, theme: Theme): number {
    context.font = FONT;
    context.textBaseline = "middle";
    if (this.#characterPx === 0) this.#characterPx = context.measureText("m".repeat(20)).width / 20;
    let count = 0;
    for (let index = 0; index < labels.count; index++) {
      const x0 = labels.x0[index]! + PADDING;
      const room = Math.floor((labels.x1[index]! - PADDING - x0) / this.#characterPx);
      const text = this.#names.text(labels.names[index]!);
      if (room < Math.min(3, text.length)) continue;
      const shown = text.length <= room ? text : `${text.slice(0, room - 1)}…`;
      const y = labels.y[index]! + LINE_PX / 2;
      if (labels.onShades[index] === 1) {
        // Shades differ along the text: it brings its own ground
        context.strokeStyle = theme.paper;
        context.lineWidth = 3;
        context.lineJoin = "round";
        context.strokeText(shown, x0, y);
        context.fillStyle = theme.ink;
      } else context.fillStyle = theme.paper;
      context.fillText(shown, x0, y);
      count++;
    }
    return count;
  }
}

function outline(
  { context, width }: Surface,
  { layout, scrollTop }: Scene,
  axis: TimeAxis,
  line: Line,
  beginNs: number,
  endNs: number,
  top: number,
): void {
  const y = layout.top(line.row, line.depth);
  if (y === null || !layout.shows(line.row)) return;
  const x0 = Math.max(axis.x(beginNs), -10);
  const x1 = Math.min(Math.max(axis.x(endNs), x0 + 3), width + 10);
  if (x1 < 0 || x0 > width) return;
  context.strokeRect(x0 - 0.5, y - scrollTop + top - 0.5, x1 - x0 + 1, LINE_PX);
}

/** Outlines what the pointer is on, and the selection. */
export function paintOutlines(
  surface: Surface,
  scene: Scene,
  axis: TimeAxis,
  theme: Theme,
  top: number,
): void {
  const { context } = surface;
  const { hover, selection } = scene;
  if (hover !== null) {
    context.strokeStyle = theme.faint;
    context.lineWidth = 1;
    outline(surface, scene, axis, hover.line, hover.beginNs, hover.endNs, top);
  }
  if (selection === null) return;
  for (const [colour, width] of [[theme.paper, 5], [theme.bad, 2.5]] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    outline(surface, scene, axis, selection.line, selection.beginNs, selection.endNs, top);
  }
}

/** Shades what lies outside of the marked time, and says how long it is. */
export function paintMarked(
  { context, width, height }: Surface,
  { marked }: Scene,
  axis: TimeAxis,
  theme: Theme,
  top: number,
): void {
  if (marked === null) return;
  const x0 = Math.min(Math.max(axis.x(marked.fromNs), 0), width);
  const x1 = Math.min(Math.max(axis.x(marked.toNs), 0), width);
  context.globalAlpha = 0.16;
  context.fillStyle = theme.ink;
  context.fillRect(0, top, x0, height - top);
  context.fillRect(x1, top, width - x1, height - top);
  context.globalAlpha = 1;
  context.fillStyle = theme.link;
  context.fillRect(Math.round(x0) - 1, 0, 1, height);
  context.fillRect(Math.round(x1), 0, 1, height);
  context.fillRect(x0, top - 3, x1 - x0, 3);
  const text = formatNs(marked.toNs - marked.fromNs);
  context.font = FONT;
  const half = context.measureText(text).width / 2 + 4;
  const middle = Math.min(Math.max((x0 + x1) / 2, half), width - half);
  context.fillRect(middle - half, 2, 2 * half, top - 4);
  context.fillStyle = theme.paper;
  context.textBaseline = "middle";
  context.fillText(text, middle - half + 4, top / 2);
}

/** A line at the time under the pointer. */
export function paintCursor(
  { context, height }: Surface,
  { cursorNs }: Scene,
  axis: TimeAxis,
  theme: Theme,
): void {
  if (cursorNs === null) return;
  context.fillStyle = theme.faint;
  context.fillRect(Math.round(axis.x(cursorNs)), 0, 1, height);
}
