import { assertStringIncludes } from "@std/assert";
import { type ListQuery, OperationsPanel } from "./operations_panel.tsx";

const query: ListQuery = { sort: "duration", descending: true, technique: null, page: 1 };

/** The list of a trace with so many operations; none of them is shown. */
function panelOf(total: number): string {
  const found = { total, techniques: [], operations: [] };
  const address = (): string => "";
  return String(OperationsPanel({ query, found, address, selected: null, emulated: true }));
}

Deno.test("OperationsPanel() counts in the singular, too", () => {
  assertStringIncludes(panelOf(1), "1 operation (emulated: times mean nothing)");
  assertStringIncludes(panelOf(2), "2 operations (emulated: times mean nothing)");
});
