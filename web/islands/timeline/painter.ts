/// <reference lib="dom" />

/** Paints pictures of the timeline. */

import { AXIS_PX, paintAxis, paintGrid, ticksFor } from "./axis_painter.ts";
import { paintSelectedFlows, paintTileFlows } from "./flow_painter.ts";
import { LinePainter } from "./line_painter.ts";
import type { Names } from "./names.ts";
import { NamePainter, paintCursor, paintMarked, paintOutlines } from "./overlay_painter.ts";
import { HEADING_PX, LINE_PX } from "./row_layout.ts";
import type { Drawn, Scene } from "./scene.ts";
import type { Surface } from "./surface.ts";
import type { Theme } from "./theme.ts";
import { TimeAxis } from "./time_axis.ts";

/** Lines without a selection. */
const NO_SPLITS: readonly number[] = [];

/** Paints one scene after another onto one surface. */
export class Painter {
  readonly #surface: Surface;
  readonly #lines: LinePainter;
  readonly #names: NamePainter;
  /** What the last picture held. */
  readonly drawn: Drawn = {
    level: 0,
    missing: 0,
    lines: 0,
    slices: 0,
    labels: 0,
    arrows: 0,
    selectedArrows: 0,
  };

  constructor(surface: Surface, names: Names) {
    this.#surface = surface;
    this.#lines = new LinePainter(names);
    this.#names = new NamePainter(names);
  }

  paint(scene: Scene, theme: Theme): void {
    const surface = this.#surface;
    const { context, width, height } = surface;
    const { view, drawn } = { view: scene.view, drawn: this.drawn };
    const axis = new TimeAxis(view.from, view.span, width, surface.columns);
    const ticks = ticksFor(view, width);
    surface.useCssPixels();
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, width, height);
    this.#paintGround(scene, theme);
    paintGrid(surface, view, axis, ticks, theme);
    this.#paintLines(scene, axis, theme);
    surface.useCssPixels();
    drawn.labels = this.#names.paint(surface, this.#lines.labels, theme);
    drawn.arrows = paintTileFlows(surface, scene, axis, theme, AXIS_PX);
    paintOutlines(surface, scene, axis, theme, AXIS_PX);
    drawn.selectedArrows = paintSelectedFlows(surface, scene, axis, theme, AXIS_PX);
    paintAxis(surface, view, axis, ticks, theme);
    paintMarked(surface, scene, axis, theme, AXIS_PX);
    paintCursor(surface, scene, axis, theme);
    drawn.level = scene.sources.level;
    drawn.missing = scene.sources.missing;
    drawn.slices = this.#lines.slices;
  }

  /** Headings of groups, and a line below each row. */
  #paintGround({ layout, scrollTop }: Scene, theme: Theme): void {
    const { context, width, height } = this.#surface;
    const shift = AXIS_PX - scrollTop;
    for (const group of layout.groups) {
      context.fillStyle = theme.stripe;
      context.fillRect(0, group.y + shift, width, HEADING_PX);
      context.fillStyle = theme.rule;
      for (const { y, height: rowHeight } of group.rows) {
        const bottom = Math.round(y + rowHeight + shift) - 3;
        if (bottom > AXIS_PX && bottom < height) context.fillRect(0, bottom, width, 1);
      }
    }
  }

  #paintLines(
    { layout, scrollTop, sources, selection }: Scene,
    axis: TimeAxis,
    theme: Theme,
  ): void {
    const surface = this.#surface;
    const { context, columns, ratio, height } = surface;
    const painter = this.#lines;
    painter.begin(columns, Math.ceil(height / LINE_PX) + 2);
    const colours = { shades: theme.shades, ratio };
    let count = 0;
    const tops: number[] = [];
    for (const group of layout.groups) {
      for (const { row, depths, y } of group.rows) {
        for (let depth = 0; depth < depths; depth++) {
          const top = y + depth * LINE_PX + AXIS_PX - scrollTop;
          if (top + LINE_PX <= AXIS_PX || top >= height) continue;
          const splits = selection?.line.row === row && selection.line.depth === depth
            ? [axis.column(selection.beginNs), axis.column(selection.endNs)].map(Math.floor)
            : NO_SPLITS;
          painter.line(sources, axis, { row, depth, at: count, y: top, splits }, colours);
          tops.push(top);
          count++;
        }
      }
    }
    this.drawn.lines = count;
    if (count === 0) return;
    painter.finish(count);
    surface.useScreenPixels();
    context.imageSmoothingEnabled = false;
    for (let line = 0; line < count; line++) {
      const y = Math.round(tops[line]! * ratio);
      const tall = Math.round((LINE_PX - 1) * ratio);
      context.drawImage(painter.image, 0, line, columns, 1, 0, y, columns, tall);
    }
  }
}
