/// <reference lib="dom" />

/** Paints arrows from senders to targets. */

import { LINE_PX } from "./row_layout.ts";
import type { Flow, Scene } from "./scene.ts";
import type { Surface } from "./surface.ts";
import type { Theme } from "./theme.ts";
import type { TimeAxis } from "./time_axis.ts";

/** More arrows than this, and none can be followed: then only those of the selection are drawn. */
export const MOST_FLOWS = 150;
/** Half the width of an arrow's head, CSS pixels. */
const HEAD_PX = 3.5;
/** How far a curve bends, at most, CSS pixels. */
const BEND_PX = 60;

/** Places of an arrow's ends; null where a row is not there at all. */
function endsOf(
  { layout, scrollTop }: Scene,
  axis: TimeAxis,
  { sentNs, arrivedNs, fromRow, toRow }: Flow,
  top: number,
): { x0: number; y0: number; x1: number; y1: number } | null {
  const from = layout.top(fromRow, 0);
  const to = layout.top(toRow, 0);
  if (from === null || to === null) return null;
  const shift = top - scrollTop;
  const down = to > from;
  return {
    x0: axis.x(sentNs),
    y0: from + shift + (down ? LINE_PX - 3 : 3),
    x1: axis.x(arrivedNs),
    y1: to + shift + (down ? 0 : LINE_PX),
  };
}

/** Adds an arrow to the path; false where none of it can be seen. */
function addArrow(context: CanvasRenderingContext2D, scene: Scene, axis: TimeAxis, flow: Flow, {
  width,
  top,
}: { width: number; top: number }): boolean {
  const ends = endsOf(scene, axis, flow, top);
  if (ends === null) return false;
  const { x0, y0, x1, y1 } = ends;
  if (Math.max(x0, x1) < 0 || Math.min(x0, x1) > width) return false;
  // Far away ends are of no use, and rasterizers suffer from them
  const [a, b] = [Math.max(x0, -4 * width), Math.min(x1, 5 * width)];
  const bend = Math.min(BEND_PX, Math.max(12, (b - a) / 2));
  const head = y1 > y0 ? -HEAD_PX * 1.8 : HEAD_PX * 1.8;
  context.moveTo(a, y0);
  context.bezierCurveTo(a + bend, y0, b - bend / 2, y1 + 6 * Math.sign(head), b, y1);
  context.moveTo(b - HEAD_PX, y1 + head);
  context.lineTo(b, y1);
  context.lineTo(b + HEAD_PX, y1 + head);
  return true;
}

/** Begins a path of arrows. @returns How many of them can be seen. */
function addArrows(
  context: CanvasRenderingContext2D,
  scene: Scene,
  axis: TimeAxis,
  flows: readonly Flow[],
  place: { width: number; top: number },
): number {
  context.beginPath();
  return flows.filter((flow) => addArrow(context, scene, axis, flow, place)).length;
}

/**
 * Paints the arrows of tiles that are visible, if they are few.
 *
 * @param top Height of the axis, CSS pixels.
 * @returns How many.
 */
export function paintTileFlows(
  { context, width }: Surface,
  scene: Scene,
  axis: TimeAxis,
  theme: Theme,
  top: number,
): number {
  const { view, sources: { parts } } = scene;
  const visible: Flow[] = [];
  for (const { loaded: { tile: { flows } }, fromNs, toNs } of parts) {
    for (let index = 0; index < flows.sentNs.length; index++) {
      const sentNs = flows.sentNs[index]!;
      const arrivedNs = flows.arrivedNs[index]!;
      if (sentNs > view.to || arrivedNs < view.from) continue;
      // One that begins in one tile and ends in another is in both
      if (sentNs < fromNs && parts[0]!.fromNs < fromNs) continue;
      if (sentNs >= toNs) continue;
      if (visible.length >= MOST_FLOWS) return 0;
      visible.push({
        sentNs,
        arrivedNs,
        fromRow: flows.fromRow[index]!,
        toRow: flows.toRow[index]!,
      });
    }
  }
  const count = addArrows(context, scene, axis, visible, { width, top });
  context.lineWidth = 1;
  context.strokeStyle = theme.faint;
  context.stroke();
  return count;
}

/** Paints the arrows of the selection. @returns How many. */
export function paintSelectedFlows(
  { context, width }: Surface,
  scene: Scene,
  axis: TimeAxis,
  theme: Theme,
  top: number,
): number {
  const flows = scene.selection?.flows ?? [];
  const count = addArrows(context, scene, axis, flows, { width, top });
  if (count === 0) return 0;
  context.lineWidth = 4;
  context.strokeStyle = theme.paper;
  context.stroke();
  context.lineWidth = 2;
  context.strokeStyle = theme.bad;
  context.stroke();
  return count;
}
