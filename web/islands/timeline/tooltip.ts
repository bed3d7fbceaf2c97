/// <reference lib="dom" />

/** Says what the pointer is on. */

import { formatNs, formatShare } from "../../../lab/text/units.ts";
import { element } from "../dom/elements.ts";
import type { Hit } from "./hit.ts";
import type { Model } from "./model.ts";
import { exactTime } from "./ticks.ts";

/** Distance from the pointer, CSS pixels. */
const AWAY_PX = 14;

/** Lines of text about something. */
export function linesAbout(hit: Hit, { names, meta }: Model): string[] {
  const name = names.text(hit.name);
  const where = meta.rows[hit.line.row]?.name ?? "";
  if (hit.what === "slice") {
    return [name, `${formatNs(hit.endNs - hit.beginNs)} from ${exactTime(hit.beginNs)}`, where];
  }
  const slices = hit.slices === 1 ? "1 slice" : `${hit.slices} slices`;
  return [
    hit.slices === 1 ? name : `mostly ${name}`,
    `${slices} in ${formatNs(hit.endNs - hit.beginNs)}, ${formatShare(hit.busy)} busy`,
    where,
  ];
}

/** A box that follows the pointer. */
export class Tooltip {
  readonly #box: HTMLElement;
  #shown: Hit | null = null;

  /** @param box Positioned in the same element as the canvas. */
  constructor(box: HTMLElement) {
    this.#box = box;
  }

  /** Shows, moves or hides it. */
  show(hit: Hit | null, place: { x: number; y: number }, model: Model): void {
    const box = this.#box;
    box.hidden = hit === null;
    if (hit === null) {
      this.#shown = null;
      return;
    }
    if (!sameHit(hit, this.#shown)) {
      box.replaceChildren(...linesAbout(hit, model).map((line) => element("div", {}, line)));
      this.#shown = hit;
    }
    const { offsetWidth, offsetHeight } = box;
    const { clientWidth, clientHeight } = box.parentElement!;
    const right = place.x + AWAY_PX + offsetWidth <= clientWidth;
    const below = place.y + AWAY_PX + offsetHeight <= clientHeight;
    const x = right ? place.x + AWAY_PX : Math.max(0, place.x - AWAY_PX - offsetWidth);
    const y = below ? place.y + AWAY_PX : Math.max(0, place.y - AWAY_PX - offsetHeight);
    box.style.transform = `translate(${x}px, ${y}px)`;
  }
}

/** Whether two stand for the same. */
export function sameHit(one: Hit | null, other: Hit | null): boolean {
  if (one === null || other === null) return one === other;
  return one.what === other.what && one.beginNs === other.beginNs && one.endNs === other.endNs &&
    one.line.row === other.line.row && one.line.depth === other.line.depth;
}
