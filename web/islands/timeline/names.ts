/** The names of an index: what they are called on the screen, and their colours. */

import { printable } from "../../../lab/text/printable.ts";
import type { TraceIndexMeta } from "../../../traces/index/meta.ts";
import { colourOf } from "./colour.ts";

/** A longer name says nothing more at a glance. */
const LONGEST = 120;

/** A name as it can be shown: on one line, with the codes of characters that would reorder others. */
export function shownName(name: string): string {
  return printable(name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name);
}

/** The names of an index, by their numbers. */
export class Names {
  readonly #texts: readonly string[];
  readonly #idle: readonly boolean[];
  /** See `colourOf()`. */
  readonly colours: Uint8Array;

  constructor({ names, nameKinds }: Pick<TraceIndexMeta, "names" | "nameKinds">) {
    this.#texts = names.map(shownName);
    this.#idle = nameKinds.map((kind) => kind === "idle");
    this.colours = Uint8Array.from(names, colourOf);
  }

  /** A name as it can be shown. */
  text(name: number): string {
    return this.#texts[name] ?? "?";
  }

  /** Whether it stands for a CPU that does nothing: its time is left blank. */
  idle(name: number): boolean {
    return this.#idle[name] === true;
  }
}
