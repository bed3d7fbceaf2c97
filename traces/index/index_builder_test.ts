import { assertEquals, assertThrows } from "@std/assert";
import { TraceIndexBuilder } from "./index_builder.ts";
import { joinColumns } from "./join_columns.ts";
import { Lane } from "./lanes.ts";
import { Names } from "./names.ts";
import { RunningThreads } from "./running.ts";
import { readMark } from "./slice_marks.ts";
import { smallIndex } from "./testdata.ts";
import { NO_SLICE } from "./tile.ts";

Deno.test("rows go CPU by CPU, who runs before handlers, and operations last", () => {
  const { meta, columns } = smallIndex();
  assertEquals(
    meta.rows.map((
      { name, kind, cpu, tid, tgid, depths, slices },
    ) => [name, kind, cpu, tid, tgid, depths, slices]),
    [
      ["CPU 0", "cpu", 0, null, null, 1, 2],
      ["CPU 1 interrupts", "interrupts", 1, null, null, 2, 3],
      ["caller 7", "operations", null, 7, 5, 1, 2],
      ["other 8", "operations", null, 8, 5, 1, 1],
    ],
  );
  assertEquals([...columns.lanes.rows], [0, 1, 1, 2, 3]);
  assertEquals([...columns.lanes.firsts], [0, 2, 4, 5, 7, 8]);
  assertEquals(meta.cpus, [0]);
});

Deno.test("times are from the trace's begin, which is said in full", () => {
  const { meta, columns } = smallIndex();
  assertEquals(meta.start, String(2n ** 32n + 1000n));
  assertEquals(meta.durationNs, 999_000);
  assertEquals([...columns.slices.begins], [
    ...[0, 499_000, 11_000, 699_000],
    ...[11_500, 9000, 29_000, 14_000],
  ]);
});

Deno.test("operations and flows find their slices, in whatever order they came", () => {
  const { columns: { operations, flows }, meta } = smallIndex();
  assertEquals([...operations.ids], [1, 3, 2]);
  assertEquals([...operations.targetFirsts], [0, 1, 1, 1]);
  assertEquals([...operations.kept], [1, 1, 0]);
  assertEquals([meta.operations, meta.flows], [3, 2]);
  assertEquals([...flows.sent], [10_000, 649_000]);
  assertEquals([...flows.arrived], [11_000, 699_000]);
  assertEquals([...flows.fromSlices], [5, NO_SLICE]);
  assertEquals([...flows.fromRows], [2, 0]);
  assertEquals([...flows.toSlices], [2, 3]);
});

Deno.test("flows that are numbered in another order than they were sent are sorted", () => {
  const builder = new TraceIndexBuilder();
  for (const [flow, sent] of [[1, 300], [2, 100], [3, 200]] as const) {
    const handler = builder.handler(0, 400 + flow, 400 + flow, "x", 0);
    builder.arrival({ flow, sent, senderCpu: 3, cpu: 0, handler });
  }
  const facts = { baseHigh: 0, events: 0, lost: 0, arch: null, kernel: null, threads: [] };
  builder.describe({ ...facts, first: 50, last: undefined });
  const { columns: { flows }, meta } = joinColumns(builder);
  assertEquals([...flows.sent], [50, 150, 250]);
  assertEquals([...flows.toSlices], [1, 2, 0]);
  // The sender's CPU has a row although nobody is known to run there
  assertEquals(meta.rows.map(({ name }) => name), ["CPU 0 interrupts", "CPU 3"]);
});

Deno.test("an index without anything is an index", () => {
  const builder = new TraceIndexBuilder();
  assertThrows(() => joinColumns(builder), RangeError, "not described");
  const facts = { baseHigh: 0, events: 0, lost: 0, arch: null, kernel: null, threads: [] };
  builder.describe({ ...facts, first: undefined, last: undefined });
  const { meta } = joinColumns(builder);
  assertEquals([meta.durationNs, meta.rows, meta.operations], [0, [], 0]);
});

Deno.test("slices of a lane never overlap: the earlier one is cut short", () => {
  const lane = new Lane(0, "cpu", 0, 0);
  for (const [begin, end] of [[10, 50], [30, 40], [40, 45], [20, 60], [70, 65]] as const) {
    lane.add(begin, end, 0);
  }
  const pairs = [...lane.begins.values].map((begin, at) => [begin, lane.ends.values[at]]);
  assertEquals(pairs, [[10, 30], [30, 40], [40, 40], [40, 60], [70, 70]]);
});

/** What a CPU ran: name, begin, end, whether both ends were recorded. */
function runs(tell: (cpu: ReturnType<RunningThreads["on"]>, names: Names) => void): unknown[] {
  const names = new Names();
  const lane = new Lane(0, "cpu", 0, 0);
  const running = new RunningThreads(() => lane, (tid) => names.known(tid));
  tell(running.on(0), names);
  running.finish(1000);
  return [...lane.begins.values].map((begin, at) => [
    names.texts[lane.names.values[at]!],
    begin,
    lane.ends.values[at],
    readMark(lane.marks.values[at]!).incomplete ? "incomplete" : "complete",
  ]);
}

Deno.test("threads run from switch to switch", () => {
  assertEquals(
    runs((cpu, names) => {
      cpu.ran(1, 10);
      cpu.switched(1, 2, names.thread(2, "b"), 30);
      // The switch's own TLB flush names the thread before
      cpu.ran(1, 31);
      cpu.ran(2, 40);
      cpu.switched(2, 0, names.thread(0, "swapper"), 50);
    }),
    [["1", 10, 30, "incomplete"], ["b 2", 30, 50, "complete"], ["idle", 50, 1000, "incomplete"]],
  );
});

Deno.test("where switches are missing, threads are shown as long as events tell of them", () => {
  assertEquals(
    runs((cpu, names) => {
      names.tell([{ tid: 3, comm: "told" }]);
      cpu.switched(1, 2, names.thread(2, "b"), 30);
      cpu.ran(2, 40);
      cpu.ran(3, 90);
      cpu.ran(3, 95);
      cpu.switched(4, 2, names.thread(2, "b"), 200);
      cpu.switched(2, 3, names.thread(3, "told"), 210);
    }),
    [
      ["b 2", 30, 40, "incomplete"],
      ["told 3", 90, 95, "incomplete"],
      ["b 2", 200, 210, "complete"],
      ["told 3", 210, 1000, "incomplete"],
    ],
  );
});

Deno.test("threads that change their name have one for each", () => {
  const names = new Names();
  const view = (comm: string): DataView => {
    const bytes = new Uint8Array(20);
    bytes.set(new TextEncoder().encode(comm), 4);
    return new DataView(bytes.buffer);
  };
  const numbers = ["sh", "sh", "stress-ng", "sh"].map((comm) => names.threadAt(9, view(comm), 4));
  assertEquals(numbers, [0, 0, 1, 0]);
  assertEquals(names.texts, ["sh 9", "stress-ng 9"]);
  assertEquals(names.tids, [9, 9]);
  assertEquals(names.known(9), 0);
  assertEquals(names.threadAt(0, view("swapper/3"), 4), names.thread(0, "anything"));
});
