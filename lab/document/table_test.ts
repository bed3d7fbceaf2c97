import { assertEquals } from "@std/assert";
import type { RenderOptions } from "../text/style.ts";
import { type Column, renderTable } from "./table.ts";

const OPTIONS: RenderOptions = { color: false, width: 80 };
const COLUMNS: Column<[string, string, string]>[] = [
  { title: "name", text: (row) => row[0] },
  { title: "time", text: (row) => row[1], right: true },
  { title: "extra", text: (row) => row[2], dispensable: 1 },
];

Deno.test("renderTable() aligns columns by what a terminal shows", () => {
  const rows: [string, string, string][] = [["µµ", "1 ns", "x"], ["technique", "15.9 µs", ""]];
  assertEquals(
    renderTable(COLUMNS, rows, OPTIONS),
    [
      "  name          time  extra",
      "  ─────────  ───────  ─────",
      "  µµ            1 ns  x",
      "  technique  15.9 µs",
    ].join("\n"),
  );
});

Deno.test("renderTable() leaves dispensable columns out of a narrow page, and no others", () => {
  const rows: [string, string, string][] = [["technique", "15.9 us", "x"]];
  const narrow = renderTable(COLUMNS, rows, { color: false, width: 5, unicode: false });
  assertEquals(narrow, "  name          time\n  ---------  -------\n  technique  15.9 us");
});

Deno.test("renderTable() escapes cells before it measures them", () => {
  const rows: [string, string, string][] = [["a\x1b[2J", "1", ""], ["b", "2\n3", ""]];
  assertEquals(renderTable(COLUMNS, rows, OPTIONS).split("\n").slice(2), [
    "  a\\x1b[2J       1",
    "  b         2\\x0a3",
  ]);
});

Deno.test("renderTable() keeps cells aligned when it colours them", () => {
  const columns: Column<string>[] = [
    { title: "a", text: (row) => row, tone: () => "bad" },
    { title: "b", text: () => "end" },
  ];
  const lines = renderTable(columns, ["x", "long"], { color: true, width: 80 }).split("\n");
  assertEquals(lines[2], "  \x1b[1;31mx   \x1b[0m  end");
});
