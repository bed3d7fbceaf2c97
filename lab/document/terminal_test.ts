import { assertEquals } from "@std/assert";
import {
  BREAK,
  group,
  heading,
  intro,
  list,
  only,
  paragraph,
  tableOf,
  termNotes,
  terms,
} from "./blocks.ts";
import { renderBlocks } from "./terminal.ts";

const OPTIONS = { color: false, width: 30 };

Deno.test("renderBlocks() begins a part with a table or a title, and lets notes belong to it", () => {
  const meaning = { term: "n", meaning: "how many" };
  const table = tableOf(
    "Counts, on local",
    [["a", "–"]],
    [
      { title: "name", cell: ([name]) => name! },
      { title: "samples", short: "n", right: true, cell: ([, count]) => count! },
    ],
    true,
    "Counts",
  );
  const blocks = [
    intro("Only pages explain."),
    terms(meaning),
    table,
    termNotes(meaning),
    group("More", [
      list(["x", "y"], true),
    ]),
  ];
  assertEquals(renderBlocks(blocks, OPTIONS).split("\n"), [
    "emulated: semantics only, times mean nothing",
    "Counts",
    "  name  n",
    "  ────  ─",
    "  a     -",
    "  n: how many",
    "",
    "More",
    "  1. x",
    "  2. y",
  ]);
});

Deno.test("renderBlocks() shows more where all is asked for", () => {
  const blocks = [
    heading("Cases"),
    only(["page", "brief"], paragraph("some")),
    only(["full"], paragraph("all")),
  ];
  assertEquals(renderBlocks(blocks, OPTIONS), "Cases\n  some");
  assertEquals(renderBlocks(blocks, { ...OPTIONS, all: true }), "Cases\n  all");
});

Deno.test("renderBlocks() breaks lines between words and keeps colours on their pieces", () => {
  const point = [
    { text: "three of four", tone: "bad" as const },
    " as documented, and then some",
    BREAK,
    { text: "at length", short: "short", tone: "faint" as const },
  ];
  assertEquals(renderBlocks([list([point], true)], { ...OPTIONS, color: true }).split("\n"), [
    "  1. \x1b[1;31mthree of four\x1b[0m as",
    "     documented, and then some",
    "     \x1b[2mshort\x1b[0m",
  ]);
});

Deno.test("renderBlocks() draws with ASCII alone when asked to, and obeys no text", () => {
  const text = "9 µs ×4 → ▁▄█ – \x1b[2J";
  assertEquals(
    renderBlocks([paragraph(text)], { ...OPTIONS, unicode: false }),
    "  9 us x4 > .-# - \\x1b[2J",
  );
});
