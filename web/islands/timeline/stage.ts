/// <reference lib="dom" />

/** The canvas on the page: its size, its pictures, one for each frame at most. */

import { AXIS_PX } from "./axis_painter.ts";
import type { Model } from "./model.ts";
import { Painter } from "./painter.ts";
import { RowLayout } from "./row_layout.ts";
import type { Drawn } from "./scene.ts";
import { Surface } from "./surface.ts";
import { readTheme, type Theme, watchTheme } from "./theme.ts";

/** Something that moves from frame to frame. */
export interface Animation {
  /**
   * Moves on.
   *
   * @param ms Since the last frame.
   * @returns Whether it goes on.
   */
  step(ms: number): boolean;
}

/** A frame that comes later than this is no reason to jump, ms. */
const LONGEST_STEP = 50;

/** Of the scroller: one pixel below. */
const BORDER_PX = 1;

/** Paints the model's scene when it has changed. */
export class Stage {
  readonly surface: Surface;
  readonly #model: Model;
  readonly #painter: Painter;
  readonly #scroller: HTMLElement;
  readonly #painted: () => void;
  readonly #animations = new Set<Animation>();
  #theme: Theme = readTheme();
  #scheduled = false;
  #lastFrame = 0;
  #paintMs = 0;

  /**
   * @param scroller Holds the canvas, and scrolls when there are many rows.
   * @param painted Called after each picture.
   */
  constructor(
    model: Model,
    canvas: HTMLCanvasElement,
    scroller: HTMLElement,
    painted: () => void,
  ) {
    this.#model = model;
    this.#scroller = scroller;
    this.#painted = painted;
    this.surface = new Surface(canvas);
    this.#painter = new Painter(this.surface, model.names);
    model.invalidate = (): void => this.#schedule();
    // Room for all rows, up to what the page allows: what is below must not move when rows come or
    // go, nor when groups are opened that the address says are closed
    const { height } = new RowLayout(model.meta.rows, new Set());
    scroller.style.height = `${height + AXIS_PX + BORDER_PX}px`;
    this.#fit();
    new ResizeObserver(() => this.#fit()).observe(scroller);
    scroller.addEventListener("scroll", () => this.#scrolled());
    watchTheme(() => {
      this.#theme = readTheme();
      this.#schedule();
    });
    model.listen({ layoutChanged: (): void => this.#scrolled() });
  }

  /** What the last picture held. */
  get drawn(): Readonly<Drawn> {
    return this.#painter.drawn;
  }

  /** How long the last picture took to paint, ms. */
  get paintMs(): number {
    return this.#paintMs;
  }

  /** Moves something in every frame until it is done. */
  animate(animation: Animation): void {
    if (this.#animations.size === 0) this.#lastFrame = 0;
    this.#animations.add(animation);
    this.#schedule();
  }

  #fit(): void {
    const body = this.surface.canvas.parentElement!;
    const height = this.#scroller.clientHeight;
    if (this.surface.resize(body.clientWidth, height)) {
      const { style } = this.surface.canvas;
      style.width = `${this.surface.width}px`;
      style.height = `${height}px`;
      this.#model.columns = this.surface.columns;
      this.#model.width = this.surface.width;
      this.#model.request(0);
      // A blank canvas must not be seen
      this.#paint();
    }
    this.#schedule();
  }

  #scrolled(): void {
    this.#model.scene.scrollTop = this.#scroller.scrollTop;
    this.#schedule();
  }

  /** Scrolls so that a line is visible. */
  revealLine(row: number, depth: number): void {
    const top = this.#model.scene.layout.top(row, depth);
    if (top === null) return;
    const { scrollTop, clientHeight } = this.#scroller;
    const room = clientHeight - AXIS_PX;
    if (top >= scrollTop && top + 30 <= scrollTop + room) return;
    this.#scroller.scrollTop = Math.max(0, top - room / 2);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(this.#frame);
  }

  readonly #frame = (now: number): void => {
    this.#scheduled = false;
    if (this.#animations.size > 0) {
      const ms = this.#lastFrame === 0 ? 16 : Math.min(now - this.#lastFrame, LONGEST_STEP);
      this.#lastFrame = now;
      for (const animation of this.#animations) {
        if (!animation.step(ms)) this.#animations.delete(animation);
      }
      if (this.#animations.size > 0) this.#schedule();
    }
    this.#paint();
  };

  #paint(): void {
    const begin = performance.now();
    this.#model.refreshSources();
    this.#painter.paint(this.#model.scene, this.#theme);
    this.#paintMs = performance.now() - begin;
    this.#painted();
  }
}
