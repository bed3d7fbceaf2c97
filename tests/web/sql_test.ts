/** SQL by the server's API, with the processes as they are started for users. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { needs } from "../fixtures/needs.ts";
import { alive, familyOf, type Process, until } from "../fixtures/processes.ts";
import { engineNeed } from "../traces/processor_engine.ts";
import { ENDLESS } from "./engine_place.ts";
import { SharedPlace, SqlPlace } from "./sql_place.ts";

const shared = new SharedPlace("SQL by the API of a server that goes on", engineNeed);

/** A test that ends its server. */
function testSql(name: string, test: (place: SqlPlace) => Promise<void>): void {
  Deno.test({
    ...needs(name, engineNeed),
    async fn(): Promise<void> {
      await using place = await SqlPlace.open();
      await test(place);
    },
  });
}

/** Processes of engines below a launcher. */
function enginesOf(launcher: number): Process[] {
  return familyOf(launcher).filter(({ pid }) =>
    Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("engine_main.ts")
  );
}

shared.add(
  "SQL is answered as JSON and CSV, within limits that the answer names",
  async (place) => {
    const values = await place.query(
      "SELECT 1 AS a, 9007199254740993 AS b, x'00ff' AS c, '=1+1' AS d, NULL AS e, -1.5 AS f, 9e999",
    );
    const { columns, rows, truncated } = await values.json();
    assertEquals(columns.slice(0, 6), ["a", "b", "c", "d", "e", "f"]);
    assertEquals(rows, [[1, "9007199254740993", "00ff", "=1+1", null, -1.5, "Infinity"]]);
    assertEquals(truncated, null);

    const csv = await place.query(
      "SELECT '=1+1' AS \"@a\", '-x' AS b, -5 AS c, -9007199254740993 AS d, 'é,\"' AS e",
      {},
      "csv",
    );
    assertEquals(csv.headers.get("content-type"), "text/csv; charset=utf-8");
    assertEquals(
      await csv.text(),
      '\'@a,b,c,d,e\r\n\'=1+1,\'-x,-5,-9007199254740993,"é,"""\r\n',
    );

    const numbers = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 20000) ";
    const many = await (await place.query(`${numbers} SELECT x FROM c`)).json();
    assertEquals(many.rows.length, 10_000);
    assertEquals(many.truncated, { rows: true, bytes: false, texts: 0 });
    const large = await (await place.query(`${numbers} SELECT hex(zeroblob(20000)) FROM c`)).json();
    assertEquals(large.truncated.bytes, true);
    assert(large.rows.length < 1000 && large.rows[0][0].length === 10_000);
    assertEquals((await (await place.query("SELECT 3")).json()).rows, [[3]]);
  },
);

shared.add("SQL that is wrong or does more than read is refused with its place", async (place) => {
  for (
    const [sql, line, column] of [
      ["ATTACH '/tmp/x' AS y", 1, 1],
      ["SELECT 1;\n VACUUM INTO '/tmp/x'", 2, 2],
      ["SELECT 1,\n load_extension('x')", 2, 2],
      ["SELECT nosuch FROM slice", 1, 8],
    ] as const
  ) {
    const response = await place.query(sql);
    assertEquals(response.status, 400);
    const { problem, remedy, position } = await response.json();
    assertEquals(position, { line, column });
    assert(problem.length > 0 && remedy.length > 0);
  }
  const long = await place.query(`SELECT '${"x".repeat(500_000)}'`);
  assertEquals(long.status, 413);
  await long.body?.cancel();
  const shape = await place.query("", { body: '{"sql": 5}' });
  assertEquals(shape.status, 400);
  await shape.body?.cancel();
  const nowhere = await place.server.fetch("/api/traces/upload~x/query", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"sql": "SELECT 1"}',
  });
  assertEquals(nowhere.status, 404);
  await nowhere.body?.cancel();
});

shared.add("closing the request ends the engine that works for it", async (place) => {
  await (await place.query("SELECT 1")).body?.cancel();
  const [engine, ...others] = enginesOf(place.server.pid);
  assertEquals(others, []);
  const leave = new AbortController();
  const asked = place.query(ENDLESS, { signal: leave.signal });
  await new Promise((resolve) => setTimeout(resolve, 300));
  leave.abort();
  await assertRejects(() => asked);
  await until("the engine is gone", () => !alive(engine!), 5);
  assertEquals((await (await place.query("SELECT 2")).json()).rows, [[2]]);
});

testSql("no engine outlives the server or the launcher, whoever is killed", async (place) => {
  await (await place.query("SELECT 1")).body?.cancel();
  const family = familyOf(place.server.pid);
  const [launcher, server] = family;
  const engines = enginesOf(place.server.pid);
  assertEquals(engines.length, 1);
  const running = place.query(ENDLESS).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  Deno.kill(server!.pid, "SIGKILL");
  await until("all are gone", () => ![launcher!, server!, ...engines].some(alive), 5);
  await running;
});

testSql("a server that is told to end does not wait for SQL that runs", async (place) => {
  const running = place.query(ENDLESS).then((response) => response.status, () => "cut off");
  await until("an engine is there", () => enginesOf(place.server.pid).length === 1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await place.server.end();
  // Had it waited, the limit of the query would have ended it with an answer
  assertEquals(await running, "cut off");
});

testSql("a launcher that is killed leaves nothing, not even its directory", async (place) => {
  await (await place.query("SELECT 1")).body?.cancel();
  const family = familyOf(place.server.pid);
  const socket = enginesOf(place.server.pid).map(({ pid }) =>
    /unix:([^\0]+)/.exec(Deno.readTextFileSync(`/proc/${pid}/cmdline`))![1]!
  )[0]!;
  const directory = socket.slice(0, socket.lastIndexOf("/"));
  assertEquals(Deno.statSync(directory).mode! & 0o777, 0o700);
  Deno.kill(place.server.pid, "SIGKILL");
  await until("all are gone", () => !family.some(alive), 5);
  await assertRejects(() => Deno.stat(directory), Deno.errors.NotFound);
});

shared.add("traces are downloaded whole, in part, and by their own names only", async (place) => {
  const path = `/traces/${place.key}/file`;
  const whole = await place.server.fetch(path);
  assertEquals(await whole.bytes(), place.trace);
  assertEquals(whole.headers.get("content-length"), String(place.trace.length));
  assertMatch(
    whole.headers.get("content-disposition")!,
    /^attachment; filename="[\w.-]+\.pftrace"$/,
  );
  const part = async (range: string): Promise<[number, string | null, Uint8Array]> => {
    const response = await place.server.fetch(path, { headers: { range } });
    return [response.status, response.headers.get("content-range"), await response.bytes()];
  };
  const { length } = place.trace;
  assertEquals(await part("bytes=3-9"), [206, `bytes 3-9/${length}`, place.trace.slice(3, 10)]);
  assertEquals((await part("bytes=-5"))[2], place.trace.slice(-5));
  assertEquals((await part(`bytes=${length - 2}-`))[2], place.trace.slice(-2));
  assertEquals((await part(`bytes=5-${length * 2}`))[2], place.trace.slice(5));
  assertEquals((await part(`bytes=${length}-`)).slice(0, 2), [416, `bytes */${length}`]);
  assertEquals((await part("bytes=9-3"))[0], 200);
  assertEquals((await part("bytes=1-2,4-5"))[0], 200);
  const head = await place.server.fetch(path, { method: "HEAD" });
  assertEquals([head.status, head.headers.get("content-length")], [200, String(length)]);
});

shared.add("without JavaScript a form shows the answer", async (place) => {
  const path = `/traces/${place.key}/sql`;
  assertMatch(await (await place.server.fetch(path)).text(), /<textarea[^>]*>INCLUDE PERFETTO/);
  const send = async (sql: string, format = "html"): Promise<string> => {
    const body = new URLSearchParams({ sql, format });
    return await (await place.server.fetch(path, { method: "POST", body })).text();
  };
  assertMatch(await send("SELECT '<b>\u202e' AS x"), /<td>&lt;b&gt;\\u202e<\/td>/);
  assertMatch(await send("DROP TABLE slice"), /&#39;DROP&#39; at line 1/);
  assertEquals(await send("SELECT 1 AS a", "csv"), "a\r\n1\r\n");
});
