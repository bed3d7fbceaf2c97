/// <reference lib="dom" />

/** Mouse, touch and wheel on the canvas. */

import type { Model } from "./model.ts";

/** What the pointer does, in CSS pixels of the canvas. */
export interface PointerActions {
  /** The pointer is somewhere, or nowhere. */
  hover(place: { x: number; y: number } | null): void;
  /** It was pressed and released without moving. */
  click(place: { x: number; y: number }): void;
}

/** Less is a click and no drag, CSS pixels. */
const DRAG_FROM = 4;
/** A notch of a wheel zooms by this. */
const WHEEL_ZOOM = 1.0016;
/** A line of a wheel that counts in lines, CSS pixels. */
const WHEEL_LINE_PX = 18;

interface Press {
  x: number;
  readonly startX: number;
  readonly startNs: number;
  readonly marks: boolean;
  moved: boolean;
}

/** Lets the pointer pan, zoom, mark and choose. */
export class PointerInput {
  readonly #model: Model;
  readonly #canvas: HTMLCanvasElement;
  readonly #actions: PointerActions;
  readonly #presses = new Map<number, Press>();

  constructor(model: Model, canvas: HTMLCanvasElement, actions: PointerActions) {
    this.#model = model;
    this.#canvas = canvas;
    this.#actions = actions;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event));
    canvas.addEventListener("pointercancel", (event) => this.#presses.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => actions.hover(null));
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  /** The time at a place. */
  ns(x: number): number {
    const { view } = this.#model.scene;
    return view.from + x / this.#model.width * view.span;
  }

  #place(event: MouseEvent): { x: number; y: number } {
    const { left, top } = this.#canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { x } = this.#place(event);
    this.#canvas.setPointerCapture(event.pointerId);
    this.#presses.set(event.pointerId, {
      x,
      startX: x,
      startNs: this.ns(x),
      marks: event.shiftKey,
      moved: this.#presses.size > 0,
    });
  }

  #move(event: PointerEvent): void {
    const place = this.#place(event);
    const press = this.#presses.get(event.pointerId);
    if (press === undefined) return this.#actions.hover(place);
    press.moved ||= Math.abs(place.x - press.startX) >= DRAG_FROM;
    if (!press.moved) return;
    if (this.#presses.size === 2) this.#pinch(press, place.x);
    else if (press.marks) this.#markTo(press, place.x);
    else this.#pan(press.x - place.x);
    press.x = place.x;
    this.#actions.hover(event.pointerType === "mouse" ? place : null);
  }

  #pan(pixels: number): void {
    this.#model.look((view) => view.pan(pixels / this.#model.width * view.span));
  }

  #markTo({ startNs }: Press, x: number): void {
    const ns = this.ns(Math.min(Math.max(x, 0), this.#model.width));
    this.#model.mark({ fromNs: Math.min(startNs, ns), toNs: Math.max(startNs, ns) });
  }

  /** Two fingers: what is below each stays below it. */
  #pinch(press: Press, x: number): void {
    const other = [...this.#presses.values()].find((one) => one !== press)!;
    const before = Math.abs(press.x - other.x);
    const after = Math.abs(x - other.x);
    if (before < 1 || after < 1) return;
    this.#model.look((view) => view.zoom(before / after, this.ns(other.x)));
  }

  #up(event: PointerEvent): void {
    const press = this.#presses.get(event.pointerId);
    this.#presses.delete(event.pointerId);
    if (press === undefined || press.moved) return;
    if (press.marks) return this.#model.mark(null);
    this.#actions.click(this.#place(event));
  }

  #wheel(event: WheelEvent): void {
    const scale = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE_PX : 1;
    const [dx, dy] = [event.deltaX * scale, event.deltaY * scale];
    if (event.ctrlKey) {
      event.preventDefault();
      const at = this.ns(this.#place(event).x);
      return this.#model.look((view) => view.zoom(WHEEL_ZOOM ** dy, at));
    }
    const sideways = event.shiftKey && dx === 0 ? dy : dx;
    if (Math.abs(sideways) <= Math.abs(event.shiftKey ? 0 : dy)) return;
    event.preventDefault();
    this.#pan(sideways);
  }
}
