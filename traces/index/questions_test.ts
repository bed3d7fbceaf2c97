import { assertEquals, assertThrows } from "@std/assert";
import { OperationList } from "./operation_list.ts";
import { searchIndex } from "./search.ts";
import { sliceDetails } from "./slice_details.ts";
import { smallIndex } from "./testdata.ts";
import { TraceIndex } from "./trace_index.ts";

const index = new TraceIndex(smallIndex());
const list = new OperationList(index);
const all = { sort: "duration", descending: true, limit: 100, offset: 0 } as const;

/** Numbers of operations in the capture. */
function opIds(query: Parameters<OperationList["page"]>[0]): number[] {
  return list.page(query).operations.map(({ opId }) => opId);
}

Deno.test("operations are sorted, filtered and cut into pages", () => {
  assertEquals(opIds(all), [2, 1, 3]);
  assertEquals(opIds({ ...all, descending: false }), [3, 1, 2]);
  assertEquals(opIds({ ...all, sort: "time", descending: false }), [1, 2, 3]);
  assertEquals(opIds({ ...all, technique: "munmap" }), [1, 3]);
  assertEquals(opIds({ ...all, tid: 8 }), [2]);
  assertEquals(opIds({ ...all, tid: 8, technique: "munmap" }), []);
  assertEquals(opIds({ ...all, tid: 12345 }), []);
  // Another kind of name than a technique's
  assertEquals(opIds({ ...all, technique: "ipi_mb" }), []);
  assertEquals(opIds({ ...all, limit: 1, offset: 1 }), [1]);
  const { total, techniques } = list.page({ ...all, technique: "munmap", limit: 1 });
  assertEquals(total, 2);
  assertEquals(techniques, [{ technique: "munmap", count: 2 }, {
    technique: "mprotect",
    count: 1,
  }]);
});

Deno.test("an operation is told with its thread and the CPUs that it interrupted", () => {
  assertEquals(list.page({ ...all, sort: "time", descending: false }).operations[0], {
    id: 5,
    opId: 1,
    technique: "munmap",
    beginNs: 9000,
    durationNs: 10_000,
    tid: 7,
    thread: "caller 7",
    cpu: 0,
    kept: true,
    sends: 1,
    targets: [1],
  });
});

Deno.test("a slice is told with its arrows, both ways", () => {
  const flow = { sentNs: 10_000, arrivedNs: 11_000 };
  const { details, flows, ...operation } = sliceDetails(index, list, 5);
  assertEquals(flows, [{ direction: "out", otherSlice: 2, otherRow: 1, ...flow }]);
  assertEquals([details["operation"], details["targets"], details["kept"]], [1, "1", true]);
  assertEquals([operation.name, operation.kind, operation.cpu, operation.tid, operation.row], [
    ...["munmap", "technique", 0, 7, 2],
  ]);
  const handler = sliceDetails(index, list, 2);
  assertEquals(handler.flows, [{ direction: "in", otherSlice: 5, otherRow: 2, ...flow }]);
  assertEquals(handler.details, { incomplete: false, match: "csd" });
  assertEquals(sliceDetails(index, list, 3).flows[0]!.otherSlice, null);
  assertEquals(sliceDetails(index, list, 3).details, { incomplete: true, match: null });
  assertEquals([sliceDetails(index, list, 4).name, sliceDetails(index, list, 4).depth], [
    "ipi_mb",
    1,
  ]);
  const run = sliceDetails(index, list, 0);
  assertEquals([run.kind, run.cpu, run.tid, run.name], ["thread", 0, 7, "caller 7"]);
  for (const id of [-1, 8, NaN]) assertThrows(() => sliceDetails(index, list, id), RangeError);
});

Deno.test("search finds names by parts of them, and the nearest slices in both directions", () => {
  const query = { text: "MU", fromNs: 0, direction: "next", limit: 10 } as const;
  const found = searchIndex(index, query);
  assertEquals(found.names, [{ name: "munmap", kind: "technique", count: 2 }]);
  assertEquals(found.hits.map(({ id }) => id), [5, 6]);
  const ids = (change: Partial<Parameters<typeof searchIndex>[1]>): number[] =>
    searchIndex(index, { ...query, ...change }).hits.map(({ id }) => id);
  assertEquals(ids({ fromNs: 9000 }), [5, 6]);
  assertEquals(ids({ fromNs: 9001 }), [6]);
  assertEquals(ids({ fromNs: 29_000, direction: "previous" }), [5]);
  assertEquals(ids({ fromNs: 1e9, direction: "previous", limit: 1 }), [6]);
  assertEquals(ids({ text: "m", limit: 3 }), [5, 4, 7]);
  assertEquals(ids({ text: "" }), []);
  assertEquals(ids({ text: "nothing like it" }), []);
});

Deno.test("search finds operations by their numbers", () => {
  const query = { fromNs: 0, direction: "next", limit: 10 } as const;
  assertEquals(searchIndex(index, { ...query, text: "#3" }).hits.map(({ id }) => id), [6]);
  assertEquals(searchIndex(index, { ...query, text: "#4" }).hits, []);
});
