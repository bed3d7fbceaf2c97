/** Blocks as text for a terminal. */

import { printable } from "../text/printable.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../text/style.ts";
import type { Block, Inline, List, ReportTable, Section, Text } from "./blocks.ts";
import { isFor, piecesOf, tableFor } from "./blocks.ts";
import { renderTable } from "./table.ts";

/** What stands above every table with times of an emulated host. */
const EMULATED_STAMP = "emulated: semantics only, times mean nothing";

/**
 * Blocks as lines for a terminal: a table or a titled group begins a part, what follows belongs to it,
 * and parts are set off by an empty line.
 *
 * @returns "" where no block is for terminals.
 */
export function renderBlocks(blocks: readonly Block[], options: RenderOptions): string {
  const parts: string[][] = [];
  collect(blocks, parts, options);
  return parts.map((lines) => lines.join("\n")).join("\n\n");
}

/** What a section says in a terminal. */
export function renderSection(section: Section | null, options: RenderOptions): string {
  return section === null ? "" : renderBlocks(section.blocks, options);
}

function collect(blocks: readonly Block[], parts: string[][], options: RenderOptions): void {
  const follow = (...lines: string[]): void => {
    if (parts.length === 0) parts.push([]);
    parts.at(-1)!.push(...lines);
  };
  const voice = options.all === true ? "full" : "brief";
  for (const block of blocks.filter((one) => isFor(voice, one))) {
    switch (block.kind) {
      case "paragraph":
        follow(line("", block.text, block.tone ?? "plain", options));
        break;
      case "terms":
        for (const { term, meaning } of block.terms) {
          follow(line("", `${term}: ${meaning}`, "faint", options));
        }
        break;
      case "list":
        block.points.forEach((point, at) =>
          follow(line(markOf(block, at, options), point, "plain", options))
        );
        break;
      case "command":
        follow(`  ${printable(block.command)}`);
        break;
      case "table": {
        const heading = block.heading ?? block.caption;
        if (heading !== "") parts.push([...stampOf(block, options), title(heading, options)]);
        follow(tableText(tableFor(voice, block), options));
        break;
      }
      case "chart":
        break;
      case "group": {
        if (block.heading !== "") parts.push([title(block.heading, options)]);
        collect(block.blocks, parts, options);
      }
    }
  }
}

/** What stands before a point: its label, its number, or nothing. */
function markOf({ labels, ordered }: List, at: number, options: RenderOptions): string {
  if (labels === undefined) return ordered ? `${at + 1}. ` : "";
  return `${drawn(labels[at]!, options)}  `;
}

function stampOf({ emulated }: ReportTable, options: RenderOptions): string[] {
  return emulated ? [paint(EMULATED_STAMP, "bad", options)] : [];
}

function title(text: string, options: RenderOptions): string {
  return paint(wrap(drawn(text, options), options.width, 2), "strong", options);
}

/** A paragraph or a point: each piece in its colour, lines broken at spaces. */
function line(mark: string, text: Text, tone: Tone, options: RenderOptions): string {
  const indent = " ".repeat(2 + Math.max(2, mark.length));
  const rows: { text: string; tone: Tone }[][] = [[]];
  for (const piece of piecesOf(text)) {
    const words = wordsOf(piece);
    if (words === null) rows.push([]);
    else rows.at(-1)!.push({ text: drawn(words, options), tone: toneOf(piece) ?? tone });
  }
  return `  ${mark}${rows.map((row) => broken(row, indent, options)).join(`\n${indent}`)}`;
}

function broken(
  pieces: readonly { text: string; tone: Tone }[],
  indent: string,
  options: RenderOptions,
): string {
  const text = pieces.map(({ text }) => text).join("");
  const whole = wrap(text, options.width, indent.length).replaceAll(`\n${indent}`, "\n");
  // Breaking makes ends of lines of spaces and nothing else, so that pieces are found by length
  let at = 0;
  return pieces.map(({ text, tone }) => {
    const part = whole.slice(at, at += text.length);
    return paint(part.replaceAll("\n", `\n${indent}`), tone, options);
  }).join("");
}

function tableText({ columns, rows }: ReportTable, options: RenderOptions): string {
  return renderTable(
    columns.map(({ title, short, right, dispensable }, at) => ({
      title: drawn(short ?? title, options),
      text: (cells: readonly Text[]) => cellText(cells[at]!, options),
      tone: (cells: readonly Text[]) =>
        piecesOf(cells[at]!).filter((piece) => wordsOf(piece) !== "").map(toneOf)
          .find((tone) => tone !== undefined) ?? "plain",
      ...right === undefined ? {} : { right },
      ...dispensable === undefined ? {} : { dispensable },
    })),
    rows,
    options,
  );
}

function cellText(text: Text, options: RenderOptions): string {
  const rows = [""];
  for (const piece of piecesOf(text)) {
    const words = wordsOf(piece);
    if (words === null) rows.push("");
    else rows[rows.length - 1] += words;
  }
  // A terminal draws both dashes alike, and no figure is broken over lines
  const words = rows.filter((row) => row !== "").join(", ").replaceAll("–", "-");
  return drawn(words.replaceAll("\u00a0", " "), options);
}

/** What a terminal says; null: a new line. */
function wordsOf(piece: Inline): string | null {
  if (typeof piece === "string") return piece;
  if ("line" in piece) return null;
  if ("code" in piece) return piece.code;
  const short = "short" in piece ? piece.short ?? piece.text : piece.text;
  return typeof short === "string" ? short : null;
}

function toneOf(piece: Inline): Tone | undefined {
  return typeof piece === "object" && "tone" in piece ? piece.tone : undefined;
}

/** Signs of the lab's own that a terminal without Unicode cannot draw. */
const ASCII: Readonly<Record<string, string>> = {
  "µ": "u",
  "×": "x",
  "→": ">",
  "–": "-",
  "▁": ".",
  "▂": ".",
  "▃": ":",
  "▄": "-",
  "▅": "=",
  "▆": "+",
  "▇": "*",
  "█": "#",
};

/** What can be printed there, on one line. */
function drawn(text: string, { unicode }: RenderOptions): string {
  const shown = printable(text);
  return unicode === false ? shown.replaceAll(/[µ×→–▁-█]/g, (sign) => ASCII[sign] ?? sign) : shown;
}
