/** Held keys: a tap moves by a step, holding moves on, both smoothly. */

import type { Animation } from "./stage.ts";
import type { TimeView } from "./time_view.ts";

/** What keys move. */
export type Motion = "left" | "right" | "in" | "out";

/** A tap pans by this share of what is visible. */
export const PAN_STEP = 0.15;
/** A tap zooms by this factor. */
export const ZOOM_STEP = 1.35;
/** A held key pans by so many times what is visible, per second. */
const PAN_RATE = 1.2;
/** A held key zooms by so many steps per second. */
const ZOOM_RATE = 6;
/** Held for longer than a tap, ms. */
const HOLD_MS = 180;
/** Time constant in which a motion is caught up with, ms. */
const EASE_MS = 45;
/** What is left of a motion is done at once below this. */
const REST = 0.002;

/** How the view is changed, and about which time it is zoomed. */
export interface Moved {
  look(change: (view: TimeView) => void): void;
  /** The time that stays in place. */
  anchor(): number;
}

/** Turns keys that go down and up into motion. */
export class KeyMotion implements Animation {
  readonly #moved: Moved;
  readonly #held = new Map<Motion, number>();
  /** Shares of what is visible that are still to go. */
  #pan = 0;
  /** Steps that are still to go; positive zooms in. */
  #zoom = 0;

  constructor(moved: Moved) {
    this.#moved = moved;
  }

  /** A key goes down. */
  press(motion: Motion): void {
    if (this.#held.has(motion)) return;
    this.#held.set(motion, 0);
    this.#add(motion, 1);
  }

  /** A key goes up. */
  release(motion: Motion): void {
    this.#held.delete(motion);
  }

  /** Moves one step at once, for those who want no animation. */
  jump(motion: Motion): void {
    this.#add(motion, 1);
    this.#apply(this.#pan, this.#zoom);
  }

  /** No key is held any more, as when the window loses the focus. */
  releaseAll(): void {
    this.#held.clear();
  }

  #add(motion: Motion, amount: number): void {
    if (motion === "left") this.#pan -= PAN_STEP * amount;
    else if (motion === "right") this.#pan += PAN_STEP * amount;
    else this.#zoom += motion === "in" ? amount : -amount;
  }

  step(ms: number): boolean {
    for (const [motion, since] of this.#held) {
      this.#held.set(motion, since + ms);
      if (since < HOLD_MS) continue;
      const rate = motion === "left" || motion === "right" ? PAN_RATE / PAN_STEP : ZOOM_RATE;
      this.#add(motion, rate * ms / 1000);
    }
    const share = 1 - Math.exp(-ms / EASE_MS);
    const pan = Math.abs(this.#pan) < REST ? this.#pan : this.#pan * share;
    const zoom = Math.abs(this.#zoom) < REST ? this.#zoom : this.#zoom * share;
    this.#apply(pan, zoom);
    return this.#held.size > 0 || this.#pan !== 0 || this.#zoom !== 0;
  }

  #apply(pan: number, zoom: number): void {
    this.#pan -= pan;
    this.#zoom -= zoom;
    if (pan === 0 && zoom === 0) return;
    this.#moved.look((view) => {
      if (zoom !== 0) view.zoom(ZOOM_STEP ** -zoom, this.#moved.anchor());
      if (pan !== 0) view.pan(pan * view.span);
    });
  }
}
