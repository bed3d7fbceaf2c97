/// <reference lib="dom" />

/** Puts the timeline together. */

import type { TraceIndexMeta } from "../../../traces/index/meta.ts";
import { formatCount, formatNs } from "../../../lab/text/units.ts";
import { AXIS_PX } from "./axis_painter.ts";
import { Details } from "./details.ts";
import { needed } from "../dom/elements.ts";
import { hitAt } from "./hit.ts";
import { IdleThreads } from "./idle_threads.ts";
import { type Command, listenToKeys } from "./keyboard.ts";
import { Model } from "./model.ts";
import { KeyMotion, type Motion } from "./motion.ts";
import { shownName } from "./names.ts";
import { Overview } from "./overview.ts";
import { type ChosenOperation, OperationList, Tabs } from "./panel.ts";
import { PointerInput } from "./pointer.ts";
import { installProbe } from "./probe.ts";
import { RowList } from "./row_list.ts";
import { SceneUrl } from "./scene_url.ts";
import { Search } from "./search.ts";
import { type How, Selector } from "./selector.ts";
import { Stage } from "./stage.ts";
import { StatusBar } from "./status_bar.ts";
import { lineKey, TileCache, type TileId } from "./tile_cache.ts";
import { exactTime } from "./ticks.ts";
import { sameHit, Tooltip } from "./tooltip.ts";
import type { SliceDetails } from "../../../traces/index/answers.ts";
import { TraceApi } from "./trace_api.ts";
import { readUrl, UrlKeeper } from "./url_state.ts";

/** A slice that is hit need not be nearer than this, CSS pixels. */
const SLACK_PX = 4;
/** Zoom of the buttons. */
const BUTTON_ZOOM = 2;

/** The timeline of a trace, with all that belongs to it on the page. */
export class Timeline {
  readonly #model: Model;
  readonly #api: TraceApi;
  readonly #stage: Stage;
  readonly #canvas = needed<HTMLCanvasElement>("#timeline-canvas");
  readonly #url = new UrlKeeper();
  readonly #sceneUrl: SceneUrl;
  readonly #selector: Selector;
  readonly #details: Details;
  readonly #operations: OperationList;
  readonly #tabs: Tabs;
  readonly #search: Search;
  readonly #tooltip = new Tooltip(needed("#timeline-tooltip"));
  readonly #motion: KeyMotion;
  readonly #pointer: PointerInput;
  readonly #idle: IdleThreads;
  /** Where the pointer is on the canvas, CSS pixels. */
  #place: { x: number; y: number } | null = null;

  /**
   * @param key Of the trace.
   * @param version Of its index.
   */
  constructor(key: string, version: string, meta: TraceIndexMeta) {
    const api = new TraceApi(key, version);
    this.#api = api;
    const cache = new TileCache((id, signal) => api.tile(id, signal), {
      arrived: (): void => {
        status.problem(null);
        overview.tileArrived();
        status.tileArrived();
        this.#model.invalidate();
      },
      failed: (): void => status.problem("Parts of the trace cannot be loaded; trying again …"),
    });
    const model = new Model(meta, cache);
    this.#model = model;
    const status = new StatusBar(model);
    const painted = installProbe(model, () => this.#stage);
    this.#sceneUrl = new SceneUrl(model, this.#url);
    this.#sceneUrl.show();
    const scroller = needed("#timeline-scroller");
    new RowList(model, needed("#timeline-rows"), (row) => void this.#selector.inRow(row));
    this.#stage = new Stage(model, this.#canvas, scroller, () => {
      status.refresh();
      painted();
    });
    const overview = new Overview(
      model,
      needed("#timeline-overview"),
      needed<HTMLCanvasElement>("#timeline-overview canvas"),
      needed("#timeline-frame"),
    );
    this.#selector = new Selector(model, api, (id) => this.#tile(id), {
      selected: (slice, how): void => this.#selected(slice, how),
      cleared: (): void => this.#cleared(),
      nothing: (why): void => this.#say(why),
    });
    this.#tabs = new Tabs(this.#url);
    this.#details = new Details(model, api, (slice) => void this.#selector.byId(slice, {}));
    this.#operations = new OperationList(this.#url, (operation) => {
      this.#url.push({ select: operation.id });
      this.#show(operation);
      this.#canvas.focus();
    });
    this.#search = new Search(api, {
      place: () => ({
        fromNs: this.#selector.current?.beginNs ?? model.scene.view.from,
        selected: this.#selector.current?.id ?? null,
      }),
      found: (hit, q): void => {
        this.#url.push({ select: hit.id, q });
        this.#show(hit);
      },
      missed: (q): void => this.#url.replace({ q }),
    });
    this.#motion = new KeyMotion({
      look: (change): void => model.look(change),
      anchor: () => this.#anchor(),
    });
    this.#pointer = new PointerInput(model, this.#canvas, {
      hover: (place): void => this.#hover(place),
      click: (place): void => this.#click(place),
    });
    model.listen({
      viewChanged: (): void => {
        if (this.#place !== null) this.#hover(this.#place);
      },
    });
    this.#idle = new IdleThreads(model, this.#url, () => this.#revealSelection());
    this.#idle.soon();
    this.#listen();
    const { select, from } = readUrl(location.search);
    // A link shows the time that it names, wherever the selection is
    if (select !== null) void this.#selector.byId(select, { stay: from !== null });
  }

  #listen(): void {
    const reduced = matchMedia("(prefers-reduced-motion: reduce)");
    listenToKeys(needed("#timeline"), this.#canvas, {
      press: (motion: Motion): void => {
        if (reduced.matches) return this.#motion.jump(motion);
        this.#motion.press(motion);
        this.#stage.animate(this.#motion);
      },
      release: (motion): void => this.#motion.release(motion),
      releaseAll: (): void => this.#motion.releaseAll(),
      command: (command): void => this.#command(command),
    });
    for (const button of document.querySelectorAll<HTMLElement>("[data-command]")) {
      button.addEventListener("click", () => this.#button(button.dataset["command"]!));
    }
    addEventListener("popstate", () => this.#restore());
  }

  #button(command: string): void {
    if (command === "in" || command === "out") {
      const { view } = this.#model.scene;
      const factor = command === "in" ? 1 / BUTTON_ZOOM : BUTTON_ZOOM;
      return this.#model.look((one) => one.zoom(factor, (view.from + view.to) / 2));
    }
    this.#command(command as Command);
  }

  #command(command: Command): void {
    const { selection, marked, view } = this.#model.scene;
    const scroller = needed("#timeline-scroller");
    switch (command) {
      case "frame":
        if (selection === null) return this.#say("Select a slice first");
        this.#url.flush();
        this.#model.look((one) => one.frame(selection.beginNs, selection.endNs));
        return this.#url.pushPending();
      case "clear":
        return selection !== null ? this.#selector.clear() : this.#model.mark(null);
      case "mark": {
        if (selection === null) return this.#model.mark(null);
        const { beginNs: fromNs, endNs: toNs } = selection;
        const same = marked?.fromNs === fromNs && marked.toNs === toNs;
        return this.#model.mark(same ? null : { fromNs, toNs });
      }
      case "sender":
        return void this.#selector.follow("in");
      case "target":
        return void this.#selector.follow("out");
      case "previous":
        return void this.#selector.beside(-1);
      case "next":
        return void this.#selector.beside(1);
      case "row-up":
        return scroller.scrollBy(0, -60);
      case "row-down":
        return scroller.scrollBy(0, 60);
      case "whole":
        return this.#model.look((one) => one.show(0, view.durationNs));
      case "search":
        return this.#search.focus();
      case "help":
        return needed<HTMLDialogElement>("#timeline-keys").showModal();
    }
  }

  /** Zooms to a slice and selects it. */
  #show({ id, beginNs, endNs }: ChosenOperation): void {
    this.#model.look((view) => view.frame(beginNs, endNs));
    void this.#selector.byId(id, { stay: true });
  }

  #selected(slice: SliceDetails, { stay }: How): void {
    const { name, kind, row, beginNs, endNs, flows } = slice;
    this.#url.replace({ select: slice.id });
    if (!stay) this.#model.look((view) => view.reveal(beginNs, endNs));
    this.#revealSelection();
    this.#idle.soon();
    this.#details.show(slice);
    this.#operations.mark(slice.id);
    this.#tabs.show("details");
    const where = this.#model.meta.rows[row]?.name ?? "";
    const arrows = flows.length === 0 ? "" : `, ${formatCount(flows.length, "arrow")}`;
    const text = `${kind} ${shownName(name)}, ${formatNs(endNs - beginNs)}, at ${
      exactTime(beginNs)
    }`;
    this.#say(`Selected: ${text}, in ${where}${arrows}`);
  }

  #revealSelection(): void {
    const { selection } = this.#model.scene;
    if (selection !== null) this.#stage.revealLine(selection.line.row, selection.line.depth);
  }

  #cleared(): void {
    this.#url.replace({ select: null });
    this.#details.clear();
    this.#operations.mark(null);
    this.#say("Nothing is selected");
  }

  /** What is said aloud by screen readers, and stands below the timeline. */
  #say(text: string): void {
    needed("#timeline-said").textContent = text;
  }

  /** The time that a zoom by keys leaves in place: under the pointer, else the middle. */
  #anchor(): number {
    const { view } = this.#model.scene;
    return this.#place === null ? (view.from + view.to) / 2 : this.#pointer.ns(this.#place.x);
  }

  #hover(place: { x: number; y: number } | null): void {
    const { scene } = this.#model;
    this.#place = place;
    const hit = place === null ? null : this.#hitAt(place);
    if (!sameHit(hit, scene.hover)) scene.hover = hit;
    scene.cursorNs = place === null ? null : this.#pointer.ns(place.x);
    this.#tooltip.show(hit, place ?? { x: 0, y: 0 }, this.#model);
    this.#model.invalidate();
  }

  #hitAt({ x, y }: { x: number; y: number }): ReturnType<typeof hitAt> {
    const { layout, sources, scrollTop, view } = this.#model.scene;
    const line = y < AXIS_PX ? null : layout.lineAt(y - AXIS_PX + scrollTop);
    if (line === null) return null;
    const slack = SLACK_PX / this.#model.width * view.span;
    return hitAt(sources, line, this.#pointer.ns(x), slack);
  }

  #click(place: { x: number; y: number }): void {
    this.#canvas.focus({ preventScroll: true });
    const hit = this.#hitAt(place);
    if (hit !== null) void this.#selector.hit(hit);
    else if (this.#selector.current !== null) this.#selector.clear();
  }

  #restore(): void {
    const { select } = readUrl(location.search);
    this.#url.forget();
    this.#sceneUrl.show();
    this.#tabs.restore();
    this.#search.restore();
    this.#idle.restore();
    this.#operations.restore();
    if (select === null) this.#selector.clear();
    else if (select !== this.#selector.current?.id) {
      void this.#selector.byId(select, { stay: true });
    }
  }

  async #tile(id: TileId): Promise<ReturnType<TileCache["get"]> & object> {
    const here = this.#model.cache.get(id.level, id.number);
    if (here !== undefined) return here;
    const tile = await this.#api.tile(id, AbortSignal.timeout(30_000));
    const lines = new Map(tile.rows.map((row) => [lineKey(row.row, row.depth), row] as const));
    return { tile, lines };
  }
}
