/** The endpoint that the Perfetto UI looks for. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { TraceProcessor } from "../../traces/trace_processor/client.ts";
import { openWebSocketPipe } from "../../traces/trace_processor/websocket_pipe.ts";
import { PerfettoEndpoint } from "../../web/perfetto/endpoint.ts";
import { Problem } from "../../web/base/problem.ts";
import { needs } from "../fixtures/needs.ts";
import { until } from "../fixtures/processes.ts";
import { engineNeed } from "../traces/processor_engine.ts";
import { ENDLESS, EnginePlace, traceBytes } from "./engine_place.ts";
import { numberIn, PerfettoClient, textIn } from "./perfetto_client.ts";

/** Methods of TraceProcessorRpc. */
const [APPEND, FINALIZE, QUERY, RESTORE, STATUS] = [1, 2, 3, 7, 10];
const UI = "https://ui.perfetto.dev";
const COUNT = "INCLUDE PERFETTO MODULE fencelab.operations; " +
  "SELECT 'n=' || COUNT(*) AS n FROM fencelab_operations";
/** The same without the lab's modules, which a trace of the client's own makes the engine forget. */
const COUNT_SLICES = "SELECT 'n=' || COUNT(*) AS n FROM slice WHERE category = 'fencelab.op'";

/** Status of a request whose Host says something. */
async function statusForHost(endpoint: PerfettoEndpoint, host: string): Promise<number> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: endpoint.port });
  const request = `GET /status HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const buffer = new Uint8Array(100);
  const length = await connection.read(buffer);
  return Number(new TextDecoder().decode(buffer.subarray(0, length!)).split(" ")[1]);
}

function testEndpoint(
  name: string,
  test: (endpoint: PerfettoEndpoint, place: EnginePlace) => Promise<void>,
  idleMs = 60_000,
): void {
  Deno.test({
    ...needs(name, engineNeed),
    async fn(): Promise<void> {
      await using place = new EnginePlace();
      const start = (): ReturnType<typeof place.door.start> => place.door.start();
      await using endpoint = new PerfettoEndpoint({ port: 0, start, idleMs });
      await test(endpoint, place);
    },
  });
}

async function status(endpoint: PerfettoEndpoint): Promise<string> {
  const response = await fetch(`${endpoint.url}/status`, {
    method: "POST",
    headers: { origin: UI },
  });
  assertEquals(response.headers.get("access-control-allow-origin"), UI);
  const result = await response.bytes();
  assertEquals(numberIn(result, 3), 14);
  assertMatch(textIn(result, 4)!, /^v55\.3-/);
  return textIn(result, 1) ?? "";
}

/** The first text of the answer to SQL, or its error. */
async function query(client: PerfettoClient, sql: string): Promise<string> {
  const { result, fatal } = await client.ask(QUERY!, [103, [[1, sql]]]);
  if (fatal !== null) throw new Error(fatal);
  return textIn(result, 2) ?? new TextDecoder().decode(result);
}

testEndpoint("a served trace answers the documented protocol", async (endpoint, place) => {
  assertEquals(await status(endpoint), "");
  await endpoint.serve(place.trace(3));
  assertEquals(await status(endpoint), "3 operations");
  await using client = await PerfettoClient.open(endpoint.url, UI);
  const said = await client.ask(STATUS!);
  assertEquals([said.method, textIn(said.result, 1)], [STATUS, "3 operations"]);
  assertEquals((await client.ask(RESTORE!)).method, RESTORE);
  assertMatch(await query(client, COUNT), /n=3/);
  assertMatch(await query(client, "SELECT nosuch FROM slice"), /no such column: nosuch/);
  client.restart();
  assertMatch(await query(client, "SELECT 'again'"), /again/);
  // The engine counts from the second one on
  assertEquals((await client.ask(STATUS!)).fatal, null);
  client.skip();
  const broken = await client.ask(STATUS!);
  assertMatch(broken.fatal ?? "", /rpc_seq/);
});

testEndpoint(
  "what is said before an engine runs is what the engine says",
  async (endpoint, place) => {
    const result = await (await fetch(`${endpoint.url}/status`)).bytes();
    await using pool = place.pool();
    const version = await pool.use(place.trace(1), ({ status }) => Promise.resolve(status.version));
    assert(version.startsWith(`Perfetto ${textIn(result, 4)} `), version);
  },
);

testEndpoint(
  "a client brings its own trace, in pieces that end anywhere",
  async (endpoint, place) => {
    await endpoint.serve(place.trace(3));
    await using client = await PerfettoClient.open(endpoint.url, UI);
    const trace = traceBytes(5);
    const half = trace.length >> 1;
    const requests = [trace.slice(0, half), trace.slice(half)].map((bytes) =>
      client.encode(APPEND!, [101, bytes])
    );
    const end = client.encode(FINALIZE!);
    const pipe = Uint8Array.from([...requests[0]!, ...requests[1]!, ...end]);
    client.send(pipe, [1, 1, 2, 3, half, 1, 1, 7]);
    const replies = [await client.receive(), await client.receive(), await client.receive()];
    assertEquals(replies.map(({ method }) => method), [APPEND, APPEND, FINALIZE]);
    assertEquals(replies.map(({ result }) => textIn(result, 2)), [null, null, null]);
    assertMatch(await query(client, COUNT_SLICES), /n=5/);
    assertEquals(await status(endpoint), `a trace of ${trace.length} bytes`);
  },
);

testEndpoint("a trace processor of the lab is a client as well", async (endpoint, place) => {
  await endpoint.serve(place.trace(4));
  using processor = await TraceProcessor.open(await openWebSocketPipe(`${endpoint.url}/websocket`));
  assertEquals(processor.status.loadedTrace, "4 operations");
  assertEquals((await processor.query(COUNT)).rows, [["n=4"]]);
  await processor.load(traceBytes(2));
  assertEquals((await processor.query("SELECT COUNT(*) FROM slice")).rows.length, 1);
});

testEndpoint("a second client is refused, the first goes on", async (endpoint, place) => {
  await endpoint.serve(place.trace(1));
  await using first = await PerfettoClient.open(endpoint.url);
  const second = await PerfettoClient.open(endpoint.url);
  const { code, reason } = await second.closed;
  assertEquals([code, reason], [4409, "Another client is connected; close its tab first"]);
  assertMatch(await query(first, COUNT), /n=1/);
  const problem = await assertRejects(() => endpoint.serve(place.trace(2)), Problem);
  assertEquals(problem.status, 409);
});

testEndpoint(
  "a client that leaves half a message and SQL that runs harms nobody",
  async (endpoint, place) => {
    await endpoint.serve(place.trace(6));
    const rude = await PerfettoClient.open(endpoint.url);
    rude.send(rude.encode(STATUS!).slice(0, 3));
    await rude[Symbol.asyncDispose]();
    const endless = await PerfettoClient.open(endpoint.url);
    assertMatch(await query(endless, "SELECT 'ready'"), /ready/);
    endless.send(endless.encode(QUERY!, [103, [[1, ENDLESS]]]));
    // It must have reached the engine
    await new Promise((resolve) => setTimeout(resolve, 100));
    await endless[Symbol.asyncDispose]();
    await using client = await PerfettoClient.open(endpoint.url);
    assertMatch(await query(client, COUNT), /n=6/);
    assertEquals(place.children.length, 2);
  },
);

testEndpoint("an engine that dies closes the connection with a reason", async (endpoint, place) => {
  await endpoint.serve(place.trace(1));
  await using client = await PerfettoClient.open(endpoint.url);
  assertMatch(await query(client, COUNT), /n=1/);
  place.children.at(-1)!.kill("SIGKILL");
  const { code, reason } = await client.closed;
  assertEquals([code, reason], [4502, "The trace processor has ended"]);
  await using next = await PerfettoClient.open(endpoint.url);
  assertMatch(await query(next, COUNT), /n=1/);
});

testEndpoint(
  "an engine without a client is closed, and its trace comes back",
  async (endpoint, place) => {
    await endpoint.serve(place.trace(2));
    await until("it is closed", () => place.alive.size === 0);
    assertEquals(await status(endpoint), "2 operations");
    await using client = await PerfettoClient.open(endpoint.url);
    assertMatch(await query(client, COUNT), /n=2/);
  },
  200,
);

testEndpoint("only the Perfetto UI and programs may ask", async (endpoint) => {
  const at = `${endpoint.url}/status`;
  const answer = async (headers: Record<string, string>, method = "POST"): Promise<Response> => {
    const response = await fetch(at, { method, headers });
    await response.body?.cancel();
    return response;
  };
  for (const origin of ["http://localhost:10000", "http://127.0.0.1:10000", UI]) {
    const { status, headers } = await answer({ origin });
    assertEquals([status, headers.get("access-control-allow-origin")], [200, origin]);
    assertEquals(headers.get("access-control-allow-private-network"), "true");
    assertEquals(headers.get("vary"), "Origin");
    const asked = await answer(
      { origin, "access-control-request-private-network": "true" },
      "OPTIONS",
    );
    assertEquals(asked.status, 204);
    assertEquals(asked.headers.get("access-control-allow-methods"), "POST, GET, OPTIONS");
    assertEquals(asked.headers.get("access-control-allow-headers"), "*");
    assertEquals(asked.headers.get("access-control-max-age"), "86400");
  }
  for (const origin of ["https://evil.example", "null", "https://ui.perfetto.dev.evil.example"]) {
    const { status, headers } = await answer({ origin });
    assertEquals([status, headers.get("access-control-allow-origin")], [403, null]);
    await assertRejects(() => PerfettoClient.open(endpoint.url, origin));
  }
  assertEquals((await answer({})).status, 200);
  const { port } = endpoint;
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
    assertEquals(await statusForHost(endpoint, host), 200);
  }
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1:1", "127.0.0.1"]) {
    assertEquals(await statusForHost(endpoint, host), 421);
  }
  assertEquals((await answer({}, "DELETE")).status, 405);
  const nothing = await fetch(`${endpoint.url}/rpc`);
  assertEquals(nothing.status, 404);
  assert((await nothing.text()).length > 0);
});
