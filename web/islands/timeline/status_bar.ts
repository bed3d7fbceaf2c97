/// <reference lib="dom" />

/** Times beside the timeline: what is visible, where the pointer is, what is marked. */

import { firstAbove, firstNotBelow } from "../../../traces/index/bounds.ts";
import { formatNs } from "../../../lab/text/units.ts";
import { needed, setText } from "../dom/elements.ts";
import type { Model } from "./model.ts";
import { exactTime } from "./ticks.ts";
import { levelFor, spanOf, TILE_BUCKETS } from "../../../traces/index/tile.ts";
import { type Levels, sourcesOf } from "./sources.ts";
import type { Stretch } from "./scene.ts";
import type { TileCache } from "./tile_cache.ts";

/** Keeps them up to date. */
export class StatusBar {
  readonly #model: Model;
  readonly #window = needed("#timeline-window");
  readonly #cursor = needed("#timeline-cursor");
  readonly #marked = needed("#timeline-marked");
  readonly #problem = needed("#timeline-problem");

  constructor(model: Model) {
    this.#model = model;
    model.listen({ markedChanged: (): void => this.#showMarked() });
  }

  /** After each picture. */
  refresh(): void {
    const { view, cursorNs } = this.#model.scene;
    setText(this.#window, `${formatNs(view.span)} from ${exactTime(view.from)}`);
    setText(this.#cursor, cursorNs === null ? "" : `Pointer at ${exactTime(cursorNs)}`);
  }

  /** More can be counted now. */
  tileArrived(): void {
    if (this.#model.scene.marked !== null) this.#showMarked();
  }

  /** Says that tiles do not come; null: they do. */
  problem(text: string | null): void {
    setText(this.#problem, text ?? "");
  }

  #showMarked(): void {
    const { meta, cache, scene: { marked } } = this.#model;
    if (marked === null) return setText(this.#marked, "");
    const count = countMarked(meta, cache, marked);
    const about = count?.exact === false ? "about " : "";
    const slices = count === null ? "" : `, ${about}${count.slices.toLocaleString("en")} slices`;
    setText(this.#marked, `Marked: ${formatNs(marked.toNs - marked.fromNs)}${slices}`);
  }
}

/** A number of slices. */
interface MarkedCount {
  readonly slices: number;
  /** False: counted in buckets, which share the slices at their borders. */
  readonly exact: boolean;
}

/** Buckets that a stretch should have for its count to mean something. */
const FINE = 200;

/** Counts with the tiles that are here, the finest that cover the stretch; null where none do. */
export function countMarked(
  meta: Levels,
  cache: Pick<TileCache, "get">,
  { fromNs, toNs }: Stretch,
): MarkedCount | null {
  const level = levelFor(meta, (toNs - fromNs) / FINE);
  const { parts } = sourcesOf(meta, cache, level, fromNs, toNs);
  let slices = 0;
  let exact = true;
  for (const { loaded: { tile }, ...part } of parts) {
    const [low, high] = [Math.max(part.fromNs, fromNs), Math.min(part.toNs, toNs)];
    const width = spanOf(tile.level) / TILE_BUCKETS;
    for (const line of tile.rows) {
      if ("begins" in line) {
        slices += firstNotBelow(line.begins, high) - firstNotBelow(line.begins, low);
        continue;
      }
      exact = false;
      const from = firstAbove(line.buckets, Math.floor((low - tile.fromNs) / width) - 1);
      const to = firstAbove(line.buckets, Math.ceil((high - tile.fromNs) / width) - 1);
      for (let index = from; index < to; index++) slices += line.counts[index]!;
    }
  }
  return parts.length === 0 ? null : { slices, exact };
}
