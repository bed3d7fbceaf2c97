import { assertEquals, assertRejects } from "@std/assert";
import type { BytePipe } from "./byte_pipe.ts";
import { TraceProcessor } from "./client.ts";
import { EngineError, SqlError, TraceLoadError } from "./errors.ts";
import { frameMessage, MessageFramer } from "./message_framer.ts";
import { ProtoReader } from "../protobuf/proto_reader.ts";
import { encodeMessage, type ProtoField } from "../protobuf/proto_writer.ts";
import { Method } from "./rpc_messages.ts";

/** What a pretended trace processor answers: one list of fields for each reply. */
type Answer = (method: number, sequence: number) => readonly (readonly ProtoField[])[];

interface Pretended {
  readonly pipe: BytePipe;
  /** Methods that it was asked for. */
  readonly asked: number[];
  closed: number;
}

const status: readonly ProtoField[] = [[210, [[2, "Pretended v1"], [3, 14]]]];

function pretend(answer: Answer): Pretended {
  const framer = new MessageFramer();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(
    {
      transform(chunk, controller): void {
        for (const message of framer.push(chunk)) {
          const { method, sequence } = requestIn(message);
          pretended.asked.push(method);
          const replies = method === Method.getStatus ? [status] : answer(method, sequence);
          for (const fields of replies) {
            controller.enqueue(frameMessage(encodeMessage([[1, 0], [3, method], ...fields])));
          }
        }
      },
    },
    { highWaterMark: 100 },
    { highWaterMark: 100 },
  );
  const pretended: Pretended = {
    pipe: { readable, writable, close: () => void pretended.closed++ },
    asked: [],
    closed: 0,
  };
  return pretended;
}

function requestIn(message: Uint8Array): { method: number; sequence: number } {
  const reader = new ProtoReader(message);
  const found = { method: 0, sequence: -1 };
  while (reader.next()) {
    if (reader.field === 1) found.sequence = reader.number();
    if (reader.field === 2) found.method = reader.number();
  }
  return found;
}

/** A reply with whole numbers below 128 as cells. */
function cells(
  values: readonly number[],
  isLast: boolean,
  columns: readonly string[] = [],
): readonly ProtoField[] {
  const names = columns.map((name): ProtoField => [1, name]);
  const types = Uint8Array.from(values, () => 2);
  const batch: ProtoField[] = [[1, types], [2, Uint8Array.from(values)], [6, isLast]];
  return [[203, [...names, [3, batch]]]];
}

Deno.test("TraceProcessor.open() refuses an older protocol and closes the pipe", async () => {
  const old = pretend(() => []);
  const answered = frameMessage(encodeMessage([[3, 10], [210, [[2, "Perfetto v20"], [3, 3]]]]));
  const pipe = { ...old.pipe, readable: ReadableStream.from([answered]) };
  await assertRejects(() => TraceProcessor.open(pipe), EngineError, "it speaks protocol 3, 14 or");
  assertEquals(old.closed, 1);
});

Deno.test("TraceProcessor.query() joins rows that are cut by messages", async () => {
  const { pipe } = pretend(() => [
    cells([1, 2, 3], false, ["a", "b"]),
    cells([4, 5], false),
    cells([6], true),
  ]);
  using processor = await TraceProcessor.open(pipe);
  assertEquals(await processor.query("SELECT"), {
    columns: ["a", "b"],
    rows: [[1n, 2n], [3n, 4n], [5n, 6n]],
  });
});

Deno.test("TraceProcessor.query() answers calls in turn", async () => {
  const { pipe } = pretend((_, sequence) => [
    cells([sequence], false, ["n"]),
    cells([sequence + 100], true),
  ]);
  using processor = await TraceProcessor.open(pipe);
  const answers = await Promise.all(["a", "b", "c"].map((sql) => processor.query(sql)));
  assertEquals(answers.map(({ rows }) => rows.flat()), [[1n, 101n], [2n, 102n], [3n, 103n]]);
});

Deno.test("TraceProcessor.rows() may be left early; the next call has its own answer", async () => {
  const { pipe } = pretend((_, sequence) => [
    cells([sequence, 50], false, ["n"]),
    cells([51, 52], true),
  ]);
  using processor = await TraceProcessor.open(pipe);
  for await (const row of processor.rows("SELECT")) {
    assertEquals(row, [1n]);
    break;
  }
  assertEquals((await processor.query("SELECT")).rows, [[2n], [50n], [51n], [52n]]);
});

Deno.test("TraceProcessor.query() throws SqlError and stays usable", async () => {
  const { pipe } = pretend((_, sequence) =>
    sequence === 1
      ? [[[203, [[2, "no such table: x"], [3, [[6, true]]]]]]]
      : [cells([7], true, ["n"])]
  );
  using processor = await TraceProcessor.open(pipe);
  await assertRejects(() => processor.query("SELECT * FROM x"), SqlError, "no such table: x");
  assertEquals((await processor.query("SELECT 7")).rows, [[7n]]);
});

Deno.test("TraceProcessor.load() resets, registers again, appends and finalizes", async () => {
  const pretended = pretend(() => [[]]);
  using processor = await TraceProcessor.open(pretended.pipe);
  await processor.registerPackage("p", [{ name: "p.a", sql: "SELECT 1" }]);
  await processor.load(ReadableStream.from([new Uint8Array(2), new Uint8Array(9 << 20)]));
  const { getStatus, registerSqlPackage, resetTraceProcessor, appendTraceData } = Method;
  assertEquals(pretended.asked, [
    getStatus,
    registerSqlPackage,
    resetTraceProcessor,
    registerSqlPackage,
    appendTraceData,
    appendTraceData,
    appendTraceData,
    Method.finalizeTraceData,
  ]);
});

Deno.test("TraceProcessor.load() says what was wrong with the trace", async () => {
  const { pipe } = pretend((method) =>
    method === Method.appendTraceData ? [[[201, [[2, "bad"]]]]] : [[]]
  );
  using processor = await TraceProcessor.open(pipe);
  await assertRejects(() => processor.load(new Uint8Array(1)), TraceLoadError, "trace: bad");
});

Deno.test("TraceProcessor fails calls under way when it is closed, and all later ones", async () => {
  const pretended = pretend(() => []); // no answer, ever
  const processor = await TraceProcessor.open(pretended.pipe);
  const call = processor.query("SELECT");
  setTimeout(() => processor.close(), 5);
  await assertRejects(() => call, EngineError, "it has been closed");
  await assertRejects(() => processor.query("SELECT"), EngineError, "it has been closed");
});

Deno.test("TraceProcessor.query() is aborted by a signal, which closes it", async () => {
  const pretended = pretend(() => []);
  using processor = await TraceProcessor.open(pretended.pipe);
  const signal = AbortSignal.timeout(5);
  await assertRejects(() => processor.query("SELECT", { signal }), DOMException, "due to timeout");
  assertEquals(pretended.closed > 0, true);
});

Deno.test("TraceProcessor tells a fatal error, a foreign answer, nonsense and an end", async () => {
  const gone = await TraceProcessor.open(pretend(() => [[[5, "(ERR:rpc_seq)"]]]).pipe);
  await assertRejects(() => gone.query(""), EngineError, "gave up: (ERR:rpc_seq)");
  const foreign = await TraceProcessor.open(pretend(() => [[[3, 99]]]).pipe);
  await assertRejects(() => foreign.query(""), EngineError, "answered method 99, asked was 3");
  const nonsense = await TraceProcessor.open(pretend(() => [[[203, 1]]]).pipe);
  await assertRejects(() => nonsense.query(""), EngineError, "sent nonsense");
  const silent = { ...pretend(() => []).pipe, readable: ReadableStream.from<Uint8Array>([]) };
  await assertRejects(() => TraceProcessor.open(silent), EngineError, "closed the connection");
});
