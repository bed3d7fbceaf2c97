/** Engines as processes: limits, crashes, sharing. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { TraceProcessor } from "../../traces/trace_processor/client.ts";
import { SqlError } from "../../traces/trace_processor/errors.ts";
import { Problem } from "../../web/base/problem.ts";
import { needs } from "../fixtures/needs.ts";
import { until } from "../fixtures/processes.ts";
import { engineNeed } from "../traces/processor_engine.ts";
import { ENDLESS, EnginePlace, GREEDY } from "./engine_place.ts";

/** How many operations the trace has that is loaded. */
async function count(processor: TraceProcessor): Promise<number> {
  const { rows } = await processor.query(
    "INCLUDE PERFETTO MODULE fencelab.operations; SELECT COUNT(*) FROM fencelab_operations",
  );
  return Number(rows[0]![0]);
}

function one(processor: TraceProcessor): Promise<unknown> {
  return processor.query("SELECT 1");
}

function endless(processor: TraceProcessor): Promise<unknown> {
  return processor.query(ENDLESS);
}

function testEngines(name: string, test: () => Promise<void>): void {
  Deno.test({ ...needs(name, engineNeed), fn: test });
}

testEngines("SQL that never ends is ended by the limit, and its memory is back", async () => {
  await using place = new EnginePlace();
  await using pool = place.pool();
  const trace = place.trace(3);
  const problem = await assertRejects(
    () => pool.use(trace, endless, { limitMs: 300 }),
    Problem,
    "ended after 0.3 s",
  );
  assertEquals(problem.status, 422);
  await until("the process is gone", () => place.alive.size === 0);
  assertEquals(await pool.use(trace, count), 3);
  assertEquals(place.children.length, 2);
});

testEngines("SQL that eats memory is ended by the limit, which the error names", async () => {
  await using place = new EnginePlace(500);
  await using pool = place.pool();
  const trace = place.trace(2);
  const problem = await assertRejects(
    () => pool.use(trace, (processor) => processor.query(GREEDY), { limitMs: 60_000 }),
    Problem,
    "out of memory: more than 500 MiB were needed",
  );
  assertEquals(problem.status, 422);
  await until("the process is gone", () => place.alive.size === 0);
  assertEquals(await pool.use(trace, count), 2);
});

testEngines(
  "a value that is too large for the server ends the engine, not the server",
  async () => {
    await using place = new EnginePlace();
    await using pool = place.pool();
    await assertRejects(
      () => pool.use(place.trace(1), (processor) => processor.query("SELECT zeroblob(40000000)")),
      Problem,
      "a value of the result is larger than",
    );
  },
);

testEngines("an engine that dies fails the request that it worked for, and no other", async () => {
  await using place = new EnginePlace();
  await using pool = place.pool();
  const [first, second] = [place.trace(1), place.trace(2)];
  await pool.use(first, one);
  await pool.use(second, one);
  const dying = assertRejects(() => pool.use(first, endless), Problem);
  const behind = pool.use(first, count);
  place.children[0]!.kill("SIGKILL");
  assertEquals((await dying as Problem).status, 502);
  assertEquals(await behind, 1);
  assertEquals(await pool.use(second, count), 2);
});

testEngines("an idle engine that dies is replaced before anybody notices", async () => {
  await using place = new EnginePlace();
  await using pool = place.pool();
  const trace = place.trace(4);
  await pool.use(trace, one);
  place.children[0]!.kill("SIGKILL");
  await place.children[0]!.status;
  // The socket tells of the end a moment later
  await until("its end is noticed", () => pool.state(trace).state === "absent");
  assertEquals(await pool.use(trace, count), 4);
});

testEngines("three traces are answered side by side by two engines", async () => {
  await using place = new EnginePlace();
  await using pool = place.pool();
  const traces = [1, 2, 3].map((operations) => place.trace(operations));
  const asked = [...traces, ...traces].map((trace) => pool.use(trace, count));
  let most = 0;
  const timer = setInterval(() => most = Math.max(most, place.alive.size), 5);
  assertEquals(await Promise.all(asked), [1, 2, 3, 1, 2, 3]);
  clearInterval(timer);
  // One that gives way may not be gone when the next begins
  assertEquals(place.children.length, 3);
  assert(most <= 3, `${most} ran at a time`);
});

testEngines("steady work on two traces does not keep a third one out", async () => {
  await using place = new EnginePlace();
  await using pool = place.pool();
  let going = true;
  const steady = [1, 2].map(async (operations) => {
    const trace = place.trace(operations);
    const work = async (): Promise<void> => {
      while (going) await pool.use(trace, one);
    };
    await Promise.all([work(), work()]);
  });
  await until("both run", () => place.children.length === 2);
  assertEquals(await pool.use(place.trace(3), count), 3);
  going = false;
  await Promise.all(steady);
});

testEngines("an engine without work is closed, and comes back", async () => {
  await using place = new EnginePlace();
  await using pool = place.pool({ idleMs: 200 });
  const trace = place.trace(2);
  assertEquals(await pool.use(trace, count), 2);
  await until("it is closed", () => place.alive.size === 0);
  assertEquals(pool.state(trace).state, "absent");
  assertEquals(await pool.use(trace, count), 2);
});

testEngines(
  "who gives up ends the engine while it works, and only waits no more before",
  async () => {
    await using place = new EnginePlace();
    await using pool = place.pool({ size: 1 });
    const trace = place.trace(2);
    const [working, waiting] = [new AbortController(), new AbortController()];
    const begun = Promise.withResolvers<void>();
    const work = pool.use(trace, (processor) => {
      begun.resolve();
      return endless(processor);
    }, { signal: working.signal });
    await begun.promise;
    const behind = pool.use(trace, count, { signal: waiting.signal });
    waiting.abort(new Error("no more"));
    await assertRejects(() => behind, Error, "no more");
    assertEquals(place.alive.size, 1);
    working.abort(new Error("enough"));
    await assertRejects(() => work, Error, "enough");
    await until("the process is gone", () => place.alive.size === 0);
    await assertRejects(() => pool.use(trace, one, { signal: working.signal }), Error, "enough");
  },
);

testEngines("SQL that is refused leaves the engine as it is", async () => {
  await using place = new EnginePlace();
  await using pool = place.pool();
  const trace = place.trace(1);
  await assertRejects(
    () => pool.use(trace, (processor) => processor.query("SELECT nothing FROM slice")),
    SqlError,
    "line 1, column 8",
  );
  assertEquals(await pool.use(trace, count), 1);
  assertEquals(place.children.length, 1);
});

testEngines("what is no trace, or too large, is refused; others go on", async () => {
  await using place = new EnginePlace();
  await using pool = place.pool();
  const nonsense = { ...place.trace(1), key: "nonsense", path: `${place.directory}/nonsense` };
  await Deno.writeTextFile(nonsense.path, "this is no trace ".repeat(1000));
  const refused = await assertRejects(() => pool.use(nonsense, one), Problem, "Cannot load");
  assertEquals(refused.status, 422);
  const large = { ...nonsense, key: "large", path: `${place.directory}/large` };
  await Deno.writeTextFile(large.path, "");
  await Deno.truncate(large.path, 2 ** 31);
  const tooLarge = await assertRejects(() => pool.use(large, one), Problem, "2147483648 bytes");
  assertEquals(tooLarge.status, 413);
  assertEquals(await pool.use(place.trace(5), count), 5);
});

testEngines("an engine that cannot be started is told with its reason", async () => {
  await using place = new EnginePlace();
  await using pool = place.pool();
  const starting = pool.use(place.trace(1), one);
  await until("it is there", () => place.children.length === 1);
  place.children[0]!.kill("SIGKILL");
  const problem = await assertRejects(() => starting, Problem);
  assertStringIncludes(problem.message, "race processor");
  assertEquals(problem.status, 502);
});
