/** How to render: for whom, how wide, how much. */
export interface RenderOptions {
  /** Whether to colour; the caller knows about NO_COLOR and terminals. */
  color: boolean;
  /** Columns of the terminal or page. */
  width: number;
  /** `false` draws with ASCII alone; `true` when left out. */
  unicode?: boolean;
  /** Whether to show what passed as fully as what failed; `false` when left out. */
  all?: boolean;
}

/** What a piece of text says, which decides its colour. */
export type Tone = "plain" | "strong" | "faint" | "good" | "doubtful" | "bad";

const CODES: Record<Exclude<Tone, "plain">, string> = {
  strong: "1",
  faint: "2",
  good: "32",
  doubtful: "33",
  bad: "1;31",
};

/** Colours text. It must be printable already: what it holds is not looked at. */
export function paint(text: string, tone: Tone, options: RenderOptions): string {
  if (!options.color || tone === "plain" || text === "") return text;
  return `\x1b[${CODES[tone]}m${text}\x1b[0m`;
}

/** Number of terminal columns of printable text; combining marks take none. */
export function displayWidth(text: string): number {
  return [...text.replaceAll(/\p{Mn}/gu, "")].length;
}

/**
 * Breaks text at spaces.
 *
 * @param text Printable text without colours.
 * @param width Columns of a line, the indent included.
 * @param indent Spaces before every line but the first, which follows something else.
 * @returns Lines joined by "\n"; a word longer than a line stays whole.
 */
export function wrap(text: string, width: number, indent: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || indent + displayWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join(`\n${" ".repeat(indent)}`);
}
