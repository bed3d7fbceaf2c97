/** Texts that come from runs, and marks that stand beside them. */

import type { JSX } from "hono/jsx/jsx-runtime";
import { clip } from "../../lab/experiments/run/host_view.ts";
import { printable } from "../../lab/text/printable.ts";

/** Names longer than this are shortened where they stand among others. */
const LONGEST_NAME = 60;

/** A text of a run, shortened; its characters that would reorder others are shown by their codes. */
export function shown(text: string, longest = LONGEST_NAME): string {
  return printable(clip(text, longest));
}

/** "2026-11-21 01:04:38", UTC. */
export function moment(iso: string): string {
  return printable(iso.slice(0, 19).replace("T", " "));
}

/** A line may be broken there. */
const SPACE = " ";

/** What stands beside the name of an emulated host. */
export function Emulated(): JSX.Element {
  return (
    <>
      {SPACE}
      <span class="mark doubtful">emulated</span>
    </>
  );
}

/** "10 000", with spaces that no line breaks at. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, "\u00a0");
}

/** "1 run", "10 000 runs". */
export function many(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
