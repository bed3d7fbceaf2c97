/// <reference lib="dom" />

/** Keys of the timeline, as in the Perfetto UI. */

import type { Motion } from "./motion.ts";

/** What a key does beside moving. */
export type Command =
  | "frame"
  | "clear"
  | "mark"
  | "sender"
  | "target"
  | "previous"
  | "next"
  | "row-up"
  | "row-down"
  | "whole"
  | "search"
  | "help";

/** By place on the keyboard: they lie together, whatever is printed on them. */
const MOTIONS: Readonly<Record<string, Motion>> = {
  KeyA: "left",
  KeyD: "right",
  KeyW: "in",
  KeyS: "out",
  ArrowLeft: "left",
  ArrowRight: "right",
};

/** By what is printed on them. */
const COMMANDS: Readonly<Record<string, Command>> = {
  "f": "frame",
  "F": "frame",
  "Escape": "clear",
  "m": "mark",
  "M": "mark",
  "[": "sender",
  "]": "target",
  ",": "previous",
  ".": "next",
  "ArrowUp": "row-up",
  "ArrowDown": "row-down",
  "0": "whole",
  "/": "search",
  "?": "help",
};

/** The part of a KeyboardEvent that matters. */
export interface Key {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** What a key moves; null: nothing. */
export function motionOf({ code, ctrlKey, altKey, metaKey }: Key): Motion | null {
  return ctrlKey || altKey || metaKey ? null : MOTIONS[code] ?? null;
}

/** What a key does; null: nothing. */
export function commandOf({ key, ctrlKey, altKey, metaKey }: Key): Command | null {
  return ctrlKey || altKey || metaKey ? null : COMMANDS[key] ?? null;
}

/** What happens on keys. */
export interface KeyActions {
  press(motion: Motion): void;
  release(motion: Motion): void;
  releaseAll(): void;
  command(command: Command): void;
}

/** Where keys mean text or another element's own keys; a box takes the space bar alone. */
const OWN_KEYS =
  "input:not([type=checkbox]), textarea, select, [contenteditable], dialog, [role=tab]";
/** Keys that move the focus among rows, or scroll, where the focus is not on the canvas. */
const ARROWS = /^Arrow/;

/**
 * Listens to the keyboard, as long as the focus is nowhere or in the timeline.
 *
 * Elsewhere on the page single letters are left to screen readers and browsers.
 */
export function listenToKeys(timeline: HTMLElement, canvas: HTMLElement, to: KeyActions): void {
  const meant = (event: KeyboardEvent): boolean => {
    const target = event.target as HTMLElement;
    if (target.closest(OWN_KEYS) !== null) return false;
    if (ARROWS.test(event.key) && target !== canvas) return false;
    return target === document.body || timeline.contains(target);
  };
  document.addEventListener("keydown", (event) => {
    if (!meant(event)) return;
    const motion = motionOf(event);
    const command = commandOf(event);
    if (motion === null && command === null) return;
    event.preventDefault();
    if (motion !== null) to.press(motion);
    else if (command !== null && !event.repeat) to.command(command);
    else if (command === "next" || command === "previous") to.command(command);
  });
  document.addEventListener("keyup", (event) => {
    const motion = MOTIONS[event.code];
    if (motion !== undefined) to.release(motion);
  });
  globalThis.addEventListener("blur", () => to.releaseAll());
  // Only now is it worth to be reached
  canvas.tabIndex = 0;
}
