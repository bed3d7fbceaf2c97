/** The state of the timeline, in one place; whoever changes it asks for a new picture. */

import type { TraceIndexMeta } from "../../../traces/index/meta.ts";
import { levelFor } from "../../../traces/index/tile.ts";
import { busyRows } from "./busy_rows.ts";
import { Names, shownName } from "./names.ts";
import { type RowKind, RowLayout } from "./row_layout.ts";
import type { Scene, Selection, Stretch } from "./scene.ts";
import { sourcesOf, wantedTiles } from "./sources.ts";
import type { TileCache } from "./tile_cache.ts";
import { TimeView } from "./time_view.ts";

/** What other parts want to hear of. */
export interface ModelListener {
  /** Another part of the trace is visible. */
  viewChanged?(): void;
  selectionChanged?(selection: Selection | null): void;
  markedChanged?(marked: Stretch | null): void;
  layoutChanged?(): void;
}

/** The state of the timeline. */
export class Model {
  readonly meta: TraceIndexMeta;
  readonly names: Names;
  readonly cache: TileCache;
  readonly scene: Scene;
  /** Asks for a new picture; set by who paints. */
  invalidate: () => void = () => {};
  /** Pixels of the screen across and CSS pixels; set by who paints. */
  columns = 0;
  width = 1;
  readonly #listeners: ModelListener[] = [];
  #collapsed: ReadonlySet<RowKind> = new Set();
  /** Rows that are left out. */
  #left: ReadonlySet<number> = new Set();
  /** What was asked of the cache last. */
  #asked = "";
  /** Tiles of the overview, until it is painted. */
  overviewLevel: number | null = null;

  /** @param meta Its names may be anybody's; the model's can be shown. */
  constructor(meta: TraceIndexMeta, cache: TileCache) {
    const rows = meta.rows.map((row) => ({ ...row, name: shownName(row.name) }));
    this.meta = { ...meta, rows };
    this.cache = cache;
    this.names = new Names(meta);
    this.scene = {
      meta: this.meta,
      view: new TimeView(meta.durationNs),
      layout: new RowLayout(meta.rows, this.#collapsed),
      sources: { level: 0, parts: [], missing: 0 },
      scrollTop: 0,
      selection: null,
      hover: null,
      marked: null,
      cursorNs: null,
    };
  }

  listen(listener: ModelListener): void {
    this.#listeners.push(listener);
  }

  /** Changes what is visible. */
  look(change: (view: TimeView) => void): void {
    const { view } = this.scene;
    const { from, to } = view;
    change(view);
    if (view.from === from && view.to === to) return;
    this.request(Math.sign(view.from - from) === Math.sign(view.to - to) ? view.from - from : 0);
    for (const listener of this.#listeners) listener.viewChanged?.();
    this.invalidate();
  }

  /** The level of detail that fits what is visible. */
  get level(): number {
    return levelFor(this.meta, this.scene.view.span / Math.max(this.columns, 1));
  }

  /** Asks for the tiles that are visible or soon will be. */
  request(direction: number): void {
    if (this.columns === 0) return;
    const { view } = this.scene;
    const wanted = wantedTiles(this.meta, this.level, view.from, view.to, direction);
    if (this.overviewLevel !== null) {
      wanted.push(...wantedTiles(this.meta, this.overviewLevel, 0, this.meta.durationNs, 0));
    }
    const asked = wanted.map(({ level, number }) => `${level}/${number}`).join();
    if (asked === this.#asked && this.scene.sources.missing === 0) return;
    this.#asked = asked;
    this.cache.want(wanted);
  }

  /** Chooses the tiles for the next picture. */
  refreshSources(): void {
    const { view } = this.scene;
    this.scene.sources = sourcesOf(this.meta, this.cache, this.level, view.from, view.to);
  }

  /** Selects a slice, or none. */
  select(selection: Selection | null): void {
    this.scene.selection = selection;
    for (const listener of this.#listeners) listener.selectionChanged?.(selection);
    this.invalidate();
  }

  /** Marks a stretch of time, or none. */
  mark(marked: Stretch | null): void {
    this.scene.marked = marked;
    for (const listener of this.#listeners) listener.markedChanged?.(marked);
    this.invalidate();
  }

  /** Shows only the heading of a group, or its rows again. */
  toggle(kind: RowKind): void {
    this.collapse(this.#collapsed.symmetricDifference(new Set([kind])));
  }

  /** Groups of which only the heading is shown. */
  get collapsed(): ReadonlySet<RowKind> {
    return this.#collapsed;
  }

  /** Shows only the headings of these groups, and the rows of all others. */
  collapse(kinds: ReadonlySet<RowKind>): void {
    if (kinds.symmetricDifference(this.#collapsed).size === 0) return;
    this.#collapsed = kinds;
    this.#layOut();
  }

  /** Leaves out threads that have nothing to show here, except that of the selection; or none. */
  leaveIdleOut(leave: boolean): void {
    this.#leaveOut(leave ? this.#idleThreads() : new Set());
  }

  /** Shows threads again that have something to show by now; leaves out no others. */
  showBusy(): void {
    if (this.#left.size > 0) this.#leaveOut(this.#left.intersection(this.#idleThreads()));
  }

  #leaveOut(left: ReadonlySet<number>): void {
    if (left.size === this.#left.size && left.isSubsetOf(this.#left)) return;
    this.#left = left;
    this.#layOut();
  }

  #idleThreads(): Set<number> {
    const { view, sources, selection } = this.scene;
    const busy = busyRows(sources, view.from, view.to);
    const threads = this.meta.rows.filter(({ kind, row }) =>
      kind === "operations" && !busy.has(row) && row !== selection?.line.row
    );
    return new Set(threads.map(({ row }) => row));
  }

  #layOut(): void {
    this.scene.layout = new RowLayout(this.meta.rows, this.#collapsed, this.#left);
    this.scene.hover = null;
    for (const listener of this.#listeners) listener.layoutChanged?.();
    this.invalidate();
  }
}
