import { assertEquals } from "@std/assert";
import type { IndexRow } from "../../../traces/index/meta.ts";
import { HEADING_PX, LINE_PX, RowLayout } from "./row_layout.ts";

function rowOf(row: number, kind: IndexRow["kind"], depths: number): IndexRow {
  return { row, kind, depths, cpu: null, tid: null, tgid: null, name: `row ${row}`, slices: 1 };
}

const ROWS = [
  rowOf(0, "cpu", 1),
  rowOf(1, "cpu", 1),
  rowOf(2, "interrupts", 2),
  rowOf(3, "operations", 1),
];

Deno.test("RowLayout puts groups below one another, each with its heading", () => {
  const layout = new RowLayout(ROWS, new Set());
  assertEquals(layout.groups.map(({ title }) => title), ["CPUs", "Interrupts", "Operations"]);
  const boxes = layout.groups.flatMap(({ rows }) => rows);
  assertEquals(boxes[0]!.y, HEADING_PX);
  for (const [index, box] of boxes.entries()) {
    assertEquals(box.height > box.depths * LINE_PX, true);
    assertEquals(index === 0 || box.y >= boxes[index - 1]!.y + boxes[index - 1]!.height, true);
  }
  assertEquals(layout.height, boxes.at(-1)!.y + boxes.at(-1)!.height);
});

Deno.test("RowLayout.lineAt() finds the line that top() names", () => {
  const layout = new RowLayout(ROWS, new Set());
  for (const [row, depth] of [[0, 0], [2, 0], [2, 1], [3, 0]] as const) {
    assertEquals(layout.lineAt(layout.top(row, depth)! + 1), { row, depth });
    assertEquals(layout.lineAt(layout.top(row, depth)! + LINE_PX - 1), { row, depth });
  }
  assertEquals(layout.lineAt(5), null);
  assertEquals(layout.lineAt(layout.height + 10), null);
});

Deno.test("RowLayout hides the rows of a collapsed group behind its heading", () => {
  const layout = new RowLayout(ROWS, new Set(["interrupts"]));
  assertEquals(layout.shows(2), false);
  assertEquals(layout.top(2, 1), layout.groups[1]!.y);
  assertEquals(layout.groups[2]!.y, layout.groups[1]!.y + HEADING_PX);
});

Deno.test("RowLayout leaves out groups without rows", () => {
  const layout = new RowLayout(ROWS.slice(0, 2), new Set());
  assertEquals(layout.groups.map(({ kind }) => kind), ["cpu"]);
});

Deno.test("RowLayout leaves out rows, whose arrows end at their heading", () => {
  const layout = new RowLayout(ROWS, new Set(), new Set([0]));
  assertEquals(layout.groups[0]!.rows.map(({ row }) => row), [1]);
  assertEquals(layout.top(0, 0), layout.groups[0]!.y);
});
