/** Where output goes: text on stdout, progress and errors on stderr. */

import type { RenderOptions } from "../text/style.ts";
import { ProgressLine } from "./progress.ts";

const encoder = new TextEncoder();

/** Columns where no terminal limits them: whole tables, yet prose that can be read. */
const PIPED_WIDTH = 160;

/** Writes all bytes, however many calls it takes. */
export function writeBytes(
  to: { writeSync(bytes: Uint8Array): number },
  bytes: Uint8Array,
): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(to.writeSync(rest));
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  writeBytes(to, encoder.encode(text));
}

/** Prints text as it is. A reader that has closed its end (`| head`) ends the program quietly. */
export function print(text: string): void {
  try {
    writeAll(Deno.stdout, text);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(0);
    throw error;
  }
}

/** Prints one line for people on stderr. */
export function say(text: string): void {
  writeAll(Deno.stderr, `${text}\n`);
}

function columns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 100; // not a terminal
  }
}

/** Rendering for stdout: colour only on a terminal without NO_COLOR (https://no-color.org). */
export function renderOptions(all = false): RenderOptions {
  const tty = Deno.stdout.isTerminal();
  const noColor = (Deno.env.get("NO_COLOR") ?? "") !== "";
  const locale = Deno.env.get("LC_ALL") || Deno.env.get("LC_CTYPE") || Deno.env.get("LANG") || "";
  // An explicit locale without UTF-8 cannot show block characters; no locale at all mostly can
  const unicode = locale === "" || /utf-?8/i.test(locale);
  return { color: tty && !noColor, width: tty ? columns() : PIPED_WIDTH, unicode, all };
}

/** A progress line on stderr. */
export function progressLine(): ProgressLine {
  return new ProgressLine({
    write: (text) => writeAll(Deno.stderr, text),
    tty: Deno.stderr.isTerminal(),
    width: columns(),
  });
}
