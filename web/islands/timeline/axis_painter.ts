/// <reference lib="dom" />

/** Paints the time axis and its lines across the rows. */

import type { Surface } from "./surface.ts";
import type { Theme } from "./theme.ts";
import { exactTime, tickLabel, type Ticks, ticksOf } from "./ticks.ts";
import type { TimeAxis } from "./time_axis.ts";
import type { TimeView } from "./time_view.ts";

/** Height of the axis, CSS pixels. */
export const AXIS_PX = 26;
/** Room for a mark's label, CSS pixels. */
const LABEL_PX = 76;
const FONT = "11px system-ui, sans-serif";

/** Marks for a view. */
export function ticksFor({ from, to }: TimeView, width: number): Ticks {
  return ticksOf(from, to, Math.max(1, Math.floor(width / LABEL_PX)));
}

/** Paints lines below the slices. */
export function paintGrid(
  { context, width, height }: Surface,
  { to }: TimeView,
  axis: TimeAxis,
  { first, step }: Ticks,
  theme: Theme,
): void {
  context.fillStyle = theme.rule;
  context.globalAlpha = 0.55;
  for (let count = 0, at = first; at <= to; at = first + ++count * step) {
    const x = Math.round(axis.x(at));
    if (x >= 0 && x < width) context.fillRect(x, AXIS_PX, 1, height);
  }
  context.globalAlpha = 1;
}

/** Paints the axis itself. */
export function paintAxis(
  { context, width }: Surface,
  { to }: TimeView,
  axis: TimeAxis,
  ticks: Ticks,
  theme: Theme,
): void {
  context.fillStyle = theme.stripe;
  context.fillRect(0, 0, width, AXIS_PX);
  context.fillStyle = theme.rule;
  context.fillRect(0, AXIS_PX - 1, width, 1);
  context.font = FONT;
  context.textBaseline = "middle";
  const { first, step, base } = ticks;
  for (let count = 0, at = first; at <= to; at = first + ++count * step) {
    const x = axis.x(at);
    context.fillStyle = theme.faint;
    context.fillRect(Math.round(x), AXIS_PX - 8, 1, 8);
    context.fillStyle = theme.ink;
    context.fillText(tickLabel(at, ticks), x + 4, AXIS_PX / 2);
  }
  if (base === 0) return;
  // What the labels count from stands at the left edge, over the marks
  const text = exactTime(base).replace(/( 000)+ s$/, " s");
  const room = context.measureText(text).width + 10;
  if (room > width / 2) return;
  context.fillStyle = theme.stripe;
  context.fillRect(0, 0, room, AXIS_PX - 1);
  context.fillStyle = theme.link;
  context.fillText(text, 4, AXIS_PX / 2);
}
