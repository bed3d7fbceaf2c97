import { assertEquals, assertRejects } from "@std/assert";
import type { Conversion } from "../../traces/convert/conversion.ts";
import { convertCapture, type ConvertOptions } from "../../traces/convert/convert.ts";
import { CaptureError, memorySource } from "../../traces/convert/capture_source.ts";
import { CaptureMaker, oneSenderCapture } from "../fixtures/traces/capture_maker.ts";
import { pageLayout } from "../fixtures/traces/page_maker.ts";
import { type ReadSlice, readSlices } from "../fixtures/traces/slice_reader.ts";
import { messages, numberOf, TraceReader } from "../fixtures/traces/trace_reader.ts";

async function convert(
  maker: CaptureMaker,
  options: ConvertOptions = {},
): Promise<{ conversion: Conversion; trace: Uint8Array; slices: ReadSlice[] }> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const sink = { write: (chunk: Uint8Array<ArrayBuffer>) => void chunks.push(chunk) };
  const conversion = await convertCapture(memorySource(maker.build()), sink, options);
  const trace = new Uint8Array(await new Blob(chunks).arrayBuffer());
  assertEquals(trace.length, conversion.bytes);
  return { conversion, trace, slices: readSlices(trace) };
}

function beginsOf(slices: readonly ReadSlice[], category: string): ReadSlice[] {
  return slices.filter((slice) => slice.category === category);
}

const layouts = [
  pageLayout(4096, true),
  pageLayout(4096, false),
  pageLayout(65536, true),
  pageLayout(65536, false),
];

Deno.test("one sender with three targets: one flow to each, in all page sizes and byte orders", async () => {
  for (const layout of layouts) {
    const { conversion, slices } = await convert(oneSenderCapture(layout, { operations: 40 }));
    assertEquals([conversion.sends, conversion.matched, conversion.unseen], [120, 120, 0]);
    assertEquals(conversion.losses.none, true);
    const operations = beginsOf(slices, "fencelab.op");
    assertEquals(operations.length, 40);
    const handlers = beginsOf(slices, "fencelab.irq");
    for (const operation of operations) {
      assertEquals(operation.flows.length, 3);
      assertEquals(operation.annotations.get("targets"), "1,2,3");
      assertEquals(operation.name, "membarrier-private-expedited");
      const reached = handlers.filter(({ flows }) => operation.flows.includes(flows[0]!));
      assertEquals(reached.map(({ track }) => track).sort(), [
        "IPI CPU 1",
        "IPI CPU 2",
        "IPI CPU 3",
      ]);
      for (const { annotations } of reached) {
        assertEquals(annotations.get("op_id"), operation.annotations.get("op_id"));
        assertEquals(annotations.get("func"), "ipi_mb");
        assertEquals(annotations.get("match"), "csd");
        assertEquals(annotations.get("sender_tid"), 100n);
      }
    }
    const calls = beginsOf(slices, "fencelab.call");
    assertEquals(calls.length, 120);
    assertEquals(new Set(calls.map(({ name }) => name)), new Set(["ipi_mb"]));
  }
});

Deno.test("times are exact after 200 days of uptime, and every begin has its end", async () => {
  const base = 200n * 86_400n * 10n ** 9n + 3n;
  const maker = oneSenderCapture(pageLayout(4096, true), { base, operations: 1 });
  const clock = { boot: String(base - 10n), monotonic: "1", monotonicRaw: "1", realtime: "1" };
  maker.json["clocks"] = [{ when: "begin", ...clock }];
  const { slices } = await convert(maker);
  const operation = slices.filter(({ track }) => track === "fencelab operations");
  assertEquals(operation.map(({ type, time }) => [type, time - base]), [["begin", 0n], [
    "end",
    20_000n,
  ]]);
  const first = slices.filter(({ track }) => track === "IPI CPU 1");
  assertEquals(first.map(({ time }) => time - base), [8000n, 8200n, 8300n, 8400n]);
  assertEquals(beginsOf(slices, "fencelab.irq")[0]!.annotations.get("send_ts"), base + 500n);
});

Deno.test("the monotonic clock becomes the boot clock", async () => {
  const maker = oneSenderCapture(pageLayout(4096, true), { operations: 1 });
  maker.json["clock"] = "mono";
  const clock = { boot: "3000000000", monotonic: "1000000000", monotonicRaw: "1", realtime: "1" };
  maker.json["clocks"] = [{ when: "begin", ...clock }];
  const { trace } = await convert(maker);
  const reader = new TraceReader(trace);
  assertEquals(reader.read(reader.events.get(0)![0]!).time, 3_000_000_500n);
});

Deno.test("typed, generic and free-text events carry their fields", async () => {
  const maker = new CaptureMaker(pageLayout(4096, true));
  const prev = { prev_comm: "lab", prev_pid: 100, prev_prio: 120, prev_state: 1 };
  const next = { next_comm: "swapper/0", next_pid: 0, next_prio: -1 };
  maker.event(0, 1000n, 100, "sched:sched_switch", { ...prev, ...next });
  maker.event(0, 2000n, 0, "tlb:tlb_flush", { reason: 3, pages: -1n });
  maker.event(0, 3000n, 0, "irq:irq_handler_entry", { irq: 36, name: "virtio1-req.0" });
  maker.event(0, 4000n, 0, "ipi:ipi_send_cpumask", { cpumask: [1, 3, 64], callsite: 5n });
  maker.event(0, 5000n, 0, "ftrace:print", { ip: 7n, buf: "free text" });
  maker.event(0, 6000n, 0, "ftrace:print", { ip: 7n, buf: "B|100|slice" });
  maker.event(0, 7000n, 0, "raw_syscalls:sys_enter", { id: 324, args: [1, 2, 3, 4, 5, 6] });
  const { trace } = await convert(maker);
  const reader = new TraceReader(trace);
  const events = reader.events.get(0)!.map((event) => reader.read(event));
  const field = (index: number, name: string): readonly (bigint | string)[] =>
    events[index]!.fields.get(name)!;
  assertEquals(field(0, "prev_comm"), ["lab"]);
  assertEquals(field(0, "next_prio"), [2n ** 64n - 1n]);
  assertEquals(field(1, "pages"), [2n ** 64n - 1n]);
  assertEquals(field(2, "name"), ["virtio1-req.0"]);
  assertEquals(field(3, "cpumask"), ["1,3,64"]);
  assertEquals(field(3, "callsite"), ["0x5"]);
  assertEquals(field(4, "buf"), ["free text"]);
  assertEquals(field(6, "args"), [1n, 2n, 3n, 4n, 5n, 6n]);
  // Perfetto reads field 3, print, as atrace's syntax and counts other text as an error
  const isPrint = reader.events.get(0)!.map((event) => event.includes(0x1a));
  assertEquals(isPrint.slice(4, 6), [false, true]);
});

Deno.test("operations that overlap, end before they begin or belong to no known process are counted", async () => {
  const maker = new CaptureMaker(pageLayout(4096, true));
  maker.event(0, 1000n, 100, "tlb:tlb_flush", { reason: 1 });
  maker.operation({ begin: 10n, end: 30n, tid: 100, id: 1n });
  maker.operation({ begin: 20n, end: 40n, tid: 100, id: 2n });
  maker.operation({ begin: 50n, end: 40n, tid: 100, id: 3n });
  maker.operation({ begin: 60n, end: 70n, tid: 999, id: 4n });
  maker.operation({ begin: 5n, end: 10n, tid: 101, id: 5n });
  const { conversion, slices } = await convert(maker);
  assertEquals(conversion.operations, { written: 2, rejected: 3 });
  const ids = beginsOf(slices, "fencelab.op").map(({ annotations }) => annotations.get("op_id"));
  assertEquals(ids, [5n, 1n]);
});

Deno.test("without events of sending, a handler belongs to the only operation on another CPU", async () => {
  const layout = pageLayout(4096, true);
  const vectors = ["entry", "exit"].map((end) => `irq_vectors:call_function_single_${end}`);
  const maker = new CaptureMaker(layout, vectors);
  maker.operation({ begin: 1000n, end: 9000n, tid: 100, cpu: 0, id: 7n });
  maker.event(0, 500n, 0, vectors[0]!, {});
  maker.event(0, 600n, 0, vectors[1]!, {});
  maker.event(1, 2000n, 0, vectors[0]!, {});
  maker.event(1, 3000n, 0, vectors[1]!, {});
  const { conversion, slices } = await convert(maker);
  assertEquals([conversion.sends, conversion.matched, conversion.handlers.written], [1, 1, 2]);
  const [before, inside] = beginsOf(slices, "fencelab.irq").toSorted((a, b) =>
    Number(a.time - b.time)
  );
  assertEquals(before!.flows, []);
  assertEquals(inside!.annotations.get("match"), "time");
  assertEquals(inside!.flows, beginsOf(slices, "fencelab.op")[0]!.flows);
});

Deno.test("reschedule interrupts that are handled together keep a flow each", async () => {
  const maker = new CaptureMaker(pageLayout(4096, true));
  maker.event(1, 1n, 0, "tlb:tlb_flush", {});
  maker.event(0, 1000n, 100, "ipi:ipi_send_cpu", { cpu: 1, callback: 0n });
  maker.event(2, 1100n, 101, "ipi:ipi_send_cpu", { cpu: 1, callback: 0n });
  maker.event(1, 2000n, 0, "irq_vectors:reschedule_entry", {});
  maker.event(1, 2100n, 0, "irq_vectors:reschedule_exit", {});
  const { conversion, slices } = await convert(maker);
  assertEquals([conversion.sends, conversion.matched], [2, 2]);
  assertEquals(beginsOf(slices, "fencelab.irq")[0]!.flows.length, 2);
  assertEquals(beginsOf(slices, "fencelab.send").map(({ name }) => name), [
    "reschedule",
    "reschedule",
  ]);
});

Deno.test("a handler whose exit was not recorded is marked", async () => {
  const maker = new CaptureMaker(pageLayout(4096, true));
  maker.event(1, 2000n, 0, "irq_vectors:reschedule_entry", {});
  maker.event(1, 5000n, 0, "irq_vectors:reschedule_entry", {});
  maker.event(1, 5100n, 0, "irq_vectors:reschedule_exit", {});
  const { conversion, slices } = await convert(maker);
  assertEquals(conversion.handlers, { written: 2, incomplete: 1 });
  const marks = beginsOf(slices, "fencelab.irq").map((one) => one.annotations.get("incomplete"));
  assertEquals(marks, [1n, undefined]);
});

Deno.test("losses are counted and declared in the trace", async () => {
  const maker = new CaptureMaker(pageLayout(4096, true), ["tlb:tlb_flush"]);
  maker.event(0, 1000n, 1, "tlb:tlb_flush", {});
  maker.event(0, 1500n, 1, "sched:sched_switch", {});
  maker.pages(0).lose(77n, 2000n);
  maker.event(0, 2000n, 1, "tlb:tlb_flush", {});
  maker.pages(0).lose("unknown", 100n);
  maker.event(0, 100n, 1, "tlb:tlb_flush", {});
  const { conversion, trace } = await convert(maker);
  const { lostEvents, unknownLosses, unknownEvents, damaged } = conversion.losses;
  assertEquals([lostEvents, unknownLosses, unknownEvents], [77, 1, 1]);
  assertEquals(damaged, [{ cpu: 0, page: 2, damage: "disordered", bytes: 4096 }]);
  const bundles = new TraceReader(trace).packets.flatMap((packet) => messages(packet, 1));
  // FtraceEventBundle.lost_events: the descriptors, before the loss, behind it, what is left out
  assertEquals(bundles.map((bundle) => numberOf(bundle, 3)), [undefined, undefined, 1n, 1n]);
  assertEquals(conversion.events, 2);
});

Deno.test("an event that is shorter than its format says is counted and left out", async () => {
  const maker = new CaptureMaker(pageLayout(4096, true));
  maker.event(0, 1000n, 1, "irq_vectors:reschedule_entry", { vector: 253 });
  const files = new Map(maker.build());
  const pages = new DataView(files.get("cpu0.raw")!.buffer);
  pages.setUint32(16, 2, true); // 8 bytes of data instead of 12
  pages.setUint32(8, 12, true);
  const conversion = await convertCapture(memorySource(files), { write: () => {} });
  assertEquals([conversion.events, conversion.losses.shortEvents], [0, 1]);
});

Deno.test("a capture's description that cannot be read is refused with what is wrong", async () => {
  const refused = async (name: string, text: string, message: string): Promise<void> => {
    const files = new Map(oneSenderCapture(pageLayout(4096, true)).build());
    files.set(name, new TextEncoder().encode(text));
    await assertRejects(
      () => convertCapture(memorySource(files), { write: () => {} }),
      Error,
      message,
    );
  };
  await refused("capture.json", "{", "it is no JSON");
  await refused("capture.json", '{"schema":"other/9"}', "fencelab.capture/1");
  await refused("header_page", "", "field 'timestamp' is missing");
  await refused(
    "events/csd/csd_queue_cpu.format",
    "name: x",
    "Cannot read a format of system 'csd'",
  );
  await assertRejects(
    () => convertCapture(memorySource(new Map()), { write: () => {} }),
    CaptureError,
    "Cannot read 'capture.json'",
  );
});

Deno.test("a sink that fails and a signal that aborts stop the conversion", async () => {
  const source = memorySource(
    oneSenderCapture(pageLayout(4096, true), { operations: 200 }).build(),
  );
  const full = { write: () => Promise.reject(new Error("No space left")) };
  await assertRejects(() => convertCapture(source, full), Error, "No space left");
  const signal = AbortSignal.abort(new Error("Enough"));
  await assertRejects(
    () => convertCapture(source, { write: () => {} }, { signal }),
    Error,
    "Enough",
  );
});

/** Numbers of a packed field. */
function packed(message: Uint8Array, field: number): bigint[] {
  const [bytes] = messages(message, field);
  return [...bytes!].reduce<{ done: bigint[]; open: bigint; shift: bigint }>(
    ({ done, open, shift }, byte) => {
      const value = open | (BigInt(byte & 0x7f) << shift);
      return byte < 0x80
        ? { done: [...done, value], open: 0n, shift: 0n }
        : { done, open: value, shift: shift + 7n };
    },
    { done: [], open: 0n, shift: 0n },
  ).done;
}

Deno.test("compactSched writes scheduling events as columns, in both byte orders", async () => {
  for (const layout of [pageLayout(4096, true), pageLayout(4096, false)]) {
    const maker = new CaptureMaker(layout);
    const names = ["lab", "swapper/0", "lab"];
    names.forEach((next_comm, index) => {
      const next = { next_comm, next_pid: 100 + index, next_prio: 120 };
      const time = 5_000_000_000n + BigInt(index) * 10n;
      maker.event(0, time, 1, "sched:sched_switch", { prev_state: index === 2 ? 256 : 1, ...next });
    });
    const waking = { comm: "lab", pid: 7, prio: -1, target_cpu: 3 };
    maker.event(0, 5_000_000_100n, 1, "sched:sched_waking", waking);
    const { conversion, trace } = await convert(maker, { compactSched: true });
    const reader = new TraceReader(trace);
    assertEquals([conversion.events, reader.events.get(0)!.length], [4, 0]);
    const bundles = reader.packets.flatMap((packet) => messages(packet, 1));
    const [compact] = bundles.flatMap((bundle) => messages(bundle, 4));
    assertEquals(packed(compact!, 1), [5_000_000_000n, 10n, 10n]);
    assertEquals(packed(compact!, 2), [1n, 1n, 256n]);
    assertEquals(packed(compact!, 3), [100n, 101n, 102n]);
    assertEquals(packed(compact!, 6), [0n, 1n, 0n]);
    const texts = messages(compact!, 5).map((text) => new TextDecoder().decode(text));
    assertEquals(texts, ["lab", "swapper/0"]);
    assertEquals([packed(compact!, 7), packed(compact!, 9)], [[5_000_000_100n], [3n]]);
    assertEquals(packed(compact!, 10), [2n ** 64n - 1n]);
  }
});
