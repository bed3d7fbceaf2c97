/// <reference lib="dom" />

/** The page's colours, for a canvas. */

import { COLOURS, parseHex, type Rgb, shadesOf } from "./colour.ts";

/** Colours of the scheme that the page is shown in. */
export interface Theme {
  readonly paper: string;
  readonly stripe: string;
  readonly ink: string;
  readonly faint: string;
  readonly rule: string;
  readonly link: string;
  readonly bad: string;
  /** Of slices. */
  readonly shades: Uint32Array;
}

/** Reads the colours from the page's styles. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const colours: Rgb[] = [];
  for (let index = 0; index < COLOURS; index++) colours.push(parseHex(read(`line${index}`)));
  return {
    paper: read("paper"),
    stripe: read("stripe"),
    ink: read("ink"),
    faint: read("faint"),
    rule: read("rule"),
    link: read("link"),
    bad: read("bad"),
    shades: shadesOf(colours, parseHex(read("paper"))),
  };
}

/** Calls when the scheme changes. */
export function watchTheme(changed: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
