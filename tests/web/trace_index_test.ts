/** Indexes of traces by the server's API: those that runs hold, and those that it makes. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { sampleCapture, sampleRun } from "../../lab/testdata/sample_run.ts";
import { RunStore } from "../../lab/store/run_store.ts";
import { encodeIndex } from "../../traces/index/index_file.ts";
import { decodeTile } from "../../traces/index/tile.ts";
import { TraceIndex } from "../../traces/index/trace_index.ts";
import { indexedTrace } from "../fixtures/traces/indexed_trace.ts";
import { needs } from "../fixtures/needs.ts";
import { engineNeed } from "../traces/processor_engine.ts";
import { WebServer } from "./server.ts";

const ID = "20261121T010438Z-local-3fa2";
const DAMAGED = "20261121T010439Z-local-3fa3";
const GARBAGE = "a".repeat(64);

/** A store with a run that has an index, one whose index is damaged, and two uploads. */
class IndexPlace implements AsyncDisposable {
  readonly store = Deno.makeTempDirSync({ prefix: "fencelab-web-index-" });
  readonly index: TraceIndex;
  /** Of the upload. */
  readonly upload: string;

  private constructor(index: TraceIndex, hash: string) {
    this.index = index;
    this.upload = `upload~${hash}.pftrace`;
  }

  static async make(): Promise<IndexPlace> {
    const { trace, index: built } = await indexedTrace();
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", trace)).toHex();
    const place = new IndexPlace(new TraceIndex(built), hash);
    const runs = new RunStore(place.store);
    const results = [sampleCapture({ index: "capture.pfindex" })];
    const file = encodeIndex(built);
    const damaged = file.slice();
    damaged[200]! ^= 1;
    for (const [id, content] of [[ID, file], [DAMAGED, damaged]] as const) {
      const files = new Map([["capture.pftrace", trace], ["capture.pfindex", content]]);
      await runs.save(sampleRun({ id, results }), files);
    }
    Deno.mkdirSync(`${place.store}/.uploads`);
    Deno.writeFileSync(`${place.store}/.uploads/${hash}.pftrace`, trace);
    Deno.writeTextFileSync(`${place.store}/.uploads/${GARBAGE}.pftrace`, "no trace".repeat(1000));
    return place;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.store, { recursive: true });
  }
}

async function json(server: WebServer, path: string, status = 200): Promise<
  // deno-lint-ignore no-explicit-any
  any
> {
  const response = await server.fetch(path);
  const text = await response.text();
  assertEquals(response.status, status, text);
  return JSON.parse(text);
}

/** Asks until the index is made or refused. */
async function awaited(server: WebServer, key: string): Promise<Response> {
  for (let asked = 0; asked < 300; asked++) {
    const response = await server.fetch(`/api/traces/${key}/index`);
    if (response.status !== 202) return response;
    const { state, progress } = await response.json();
    assertEquals(state, "building");
    assert(progress >= 0 && progress <= 1, `${progress}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the index was never made");
}

Deno.test("a run's index answers for its timeline", async () => {
  await using place = await IndexPlace.make();
  await using server = await WebServer.open(place.store);
  const trace = `/api/traces/${ID}~capture.pftrace`;
  const { index } = place;

  const { version, ...meta } = await json(server, `${trace}/index`);
  assertEquals(meta, index.meta);
  const first = await server.fetch(`${trace}/index`);
  await first.body?.cancel();
  const tag = first.headers.get("etag")!;
  const again = await server.fetch(`${trace}/index`, { headers: { "if-none-match": tag } });
  assertEquals([again.status, await again.text()], [304, ""]);

  for (const { level } of index.meta.levels) {
    const tile = await server.fetch(`${trace}/tiles/${level}/0?v=${version}`);
    assertEquals(tile.headers.get("content-type"), "application/octet-stream");
    assertStringIncludes(tile.headers.get("cache-control")!, "immutable");
    assertEquals(decodeTile(await tile.arrayBuffer()), index.tile(level, 0));
  }
  const other = await server.fetch(`${trace}/tiles/0/0?v=other`);
  assertEquals(other.headers.get("cache-control"), "no-store");
  await other.body?.cancel();

  const { total, techniques, operations } = await json(
    server,
    `${trace}/operations?sort=time&order=asc&limit=2&offset=1`,
  );
  assertEquals(total, 5);
  assertEquals(techniques, [{ technique: "membarrier-private-expedited", count: 5 }]);
  assertEquals(operations.map((one: { opId: number }) => one.opId), [2, 3]);
  assertEquals([operations[0].targets, operations[0].sends], [[1, 2, 3], 3]);

  const slice = await json(server, `${trace}/slices/${operations[0].id}`);
  assertEquals([slice.kind, slice.details.operation, slice.flows.length], ["technique", 2, 3]);
  const { names, hits } = await json(server, `${trace}/search?q=IPI_MB&from=100000&limit=1`);
  assertEquals([names[0].name, names[0].kind, hits.length], ["ipi_mb", "function", 1]);
  assert(hits[0].beginNs >= 100_000);
  const [found] = (await json(server, `${trace}/search?q=${encodeURIComponent("#4")}`)).hits;
  assertEquals((await json(server, `${trace}/slices/${found.id}`)).details.operation, 4);
});

Deno.test("what an index does not have is refused, and so are keys that lead elsewhere", async () => {
  await using place = await IndexPlace.make();
  await using server = await WebServer.open(place.store);
  const trace = `/api/traces/${ID}~capture.pftrace`;
  const refused: readonly [number, string][] = [
    [404, `${trace}/tiles/0/99`],
    [404, `${trace}/tiles/77/0`],
    [400, `${trace}/tiles/0/-1`],
    [400, `${trace}/tiles/0/1e5`],
    [404, `${trace}/slices/4000000000`],
    [400, `${trace}/slices/x`],
    [400, `${trace}/operations?limit=100000`],
    [400, `${trace}/operations?sort=name`],
    [400, `${trace}/search?q=x&from=-1`],
    [400, `${trace}/search?q=${"x".repeat(1001)}`],
    [404, `/api/traces/${ID}~capture.pfindex/index`],
    [404, `/api/traces/${ID}~run.json/index`],
    [404, `/api/traces/..%2f${ID}~capture.pftrace/index`],
    [404, `/api/traces/${ID}~..%2f..%2fetc%2fpasswd/index`],
    [404, `/api/traces/upload~..%2f${GARBAGE}.pftrace/index`],
  ];
  for (const [status, path] of refused) {
    const { problem, remedy } = await json(server, path, status);
    assert(problem.length > 5 && remedy.length > 5, path);
  }
});

Deno.test("a damaged index is named as such, and others are answered", async () => {
  await using place = await IndexPlace.make();
  await using server = await WebServer.open(place.store);
  for (const what of ["index", "tiles/0/0", "operations", "slices/0", "search?q=x"]) {
    const said = await json(server, `/api/traces/${DAMAGED}~capture.pftrace/${what}`, 422);
    assertMatch(said.problem, /checksum is wrong.*capture\.pfindex/);
    assertStringIncludes(said.remedy, "convert the capture again");
  }
  await json(server, `/api/traces/${ID}~capture.pftrace/index`);
});

Deno.test({
  ...needs("a trace without an index gets one by SQL, once, that lasts", engineNeed),
  async fn(): Promise<void> {
    await using place = await IndexPlace.make();
    const made = `${place.store}/.indexes/${place.upload}.pfindex`;
    {
      await using server = await WebServer.open(place.store);
      const together = await Promise.all([1, 2, 3].map(() => awaited(server, place.upload)));
      for (const response of together) {
        const { version: _version, ...meta } = await response.json();
        assertEquals(meta, place.index.meta);
      }
      const tile = await server.fetch(`/api/traces/${place.upload}/tiles/0/0`);
      const { flows } = decodeTile(await tile.arrayBuffer());
      assertEquals(flows.sentNs, place.index.columns.flows.sent);
      assertEquals([...Deno.readDirSync(`${place.store}/.indexes`)].length, 1);
    }
    const { mtime } = Deno.statSync(made);
    {
      await using server = await WebServer.open(place.store);
      await json(server, `/api/traces/${place.upload}/index`);
      assertEquals(Deno.statSync(made).mtime, mtime);
      // What the server made itself it makes again
      Deno.writeTextFileSync(made, "damaged");
      assertEquals((await awaited(server, place.upload)).status, 200);
    }
  },
});

Deno.test({
  ...needs("why no index can be made is told, and the server goes on", engineNeed),
  async fn(): Promise<void> {
    await using place = await IndexPlace.make();
    await using server = await WebServer.open(place.store);
    for (let attempt = 0; attempt < 2; attempt++) {
      const response = await awaited(server, `upload~${GARBAGE}.pftrace`);
      assertEquals(response.status, 422);
      const { problem, remedy } = await response.json();
      assertStringIncludes(problem, "Cannot make the index of Uploaded trace aaaaaaaaaaaa");
      assert(remedy.length > 5);
    }
    await json(server, `/api/traces/${ID}~capture.pftrace/index`);
  },
});
