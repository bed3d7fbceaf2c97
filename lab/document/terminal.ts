/** Blocks as text for a terminal. */

import { printable } from "../text/printable.ts";
import { paint, type RenderOptions, type Tone, wrap } from "../text/style.ts";
import type { Block, Inline, ReportTable, Section, Text } from "./blocks.ts";
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
          follow(line(block.ordered ? `${at + 1}. ` : "", point, "plain", options))
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

function stampOf({ emulated }: ReportTable, options: RenderOptions): string[] {
  return emulated ? [paint(EMULATED_STAMP, "bad", options)] : [];
}

function title(text: string, options: RenderOptions): string {
  return paint(wrap(drawn(text, options), options.width, 2), "strong", options);
}

/** A paragraph, each piece in its colour, broken at spaces. */
function line(mark: string, text: Text, tone: Tone, options: RenderOptions): string {
  const indent = 2 + Math.max(2, mark.length);
  const pieces: { text: string; tone: Tone }[] = [
    { text: mark, tone },
    ...piecesOf(text).map((piece) => ({
      text: drawn(wordsOf(piece), options),
      tone: toneOf(piece) ?? tone,
    })),
  ];
  const broken = wrap(pieces.map((piece) => piece.text).join(""), options.width, indent);
  // Breaking changes spaces into ends of lines and nothing else, so that pieces are found by length
  const space = " ".repeat(indent);
  const whole = broken.replaceAll(`\n${space}`, "\n");
  let at = 0;
  const painted = pieces.map(({ text, tone }) => {
    const part = whole.slice(at, at += text.length);
    return paint(part.replaceAll("\n", `\n${space}`), tone, options);
  });
  return `  ${painted.join("")}`;
}

function tableText({ columns, rows }: ReportTable, options: RenderOptions): string {
  return renderTable(
    columns.map(({ title, short, right, dispensable }, at) => ({
      title: drawn(short ?? title, options),
      text: (cells: readonly Text[]) => cellText(cells[at]!, options),
      tone: (cells: readonly Text[]) =>
        piecesOf(cells[at]!).map(toneOf).find((tone) => tone !== undefined) ?? "plain",
      ...right === undefined ? {} : { right },
      ...dispensable === undefined ? {} : { dispensable },
    })),
    rows,
    options,
  );
}

function cellText(text: Text, options: RenderOptions): string {
  // A terminal draws both dashes alike, and no figure is broken over lines
  const words = piecesOf(text).map(wordsOf).join("").replaceAll("–", "-");
  return drawn(words.replaceAll("\u00a0", " "), options);
}

function wordsOf(piece: Inline): string {
  if (typeof piece === "string") return piece;
  if ("line" in piece) return ", ";
  if ("code" in piece) return piece.code;
  return "short" in piece ? piece.short ?? piece.text : piece.text;
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
