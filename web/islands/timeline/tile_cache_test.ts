import { assertEquals } from "@std/assert";
import { encodeTile, spanOf, type Tile } from "../../../traces/index/tile.ts";
import { decodeTile } from "../../../traces/index/tile.ts";
import { lineKey, TileCache, type TileId } from "./tile_cache.ts";

function tileOf({ level, number }: TileId): Tile {
  const none = new Float64Array();
  const flows = { sentNs: none, arrivedNs: none };
  const ids = new Uint32Array();
  const row = {
    row: 3,
    depth: 1,
    buckets: Uint16Array.of(1),
    busy: Uint8Array.of(9),
    counts: Uint32Array.of(1),
    names: Uint32Array.of(0),
  };
  return decodeTile(
    encodeTile({
      level,
      number,
      fromNs: number * spanOf(level),
      toNs: (number + 1) * spanOf(level),
      rows: [row],
      flows: { ...flows, fromRow: ids, toRow: ids, fromSlice: ids, toSlice: ids },
    }).buffer,
  );
}

/** A fetch whose answers come when the test says so. */
class Server {
  readonly asked: string[] = [];
  readonly aborted: string[] = [];
  readonly #answers = new Map<string, () => void>();

  readonly fetch = (id: TileId, signal: AbortSignal): Promise<Tile> => {
    const name = `${id.level}/${id.number}`;
    this.asked.push(name);
    return new Promise((resolve, reject) => {
      this.#answers.set(name, () => resolve(tileOf(id)));
      signal.addEventListener("abort", () => {
        this.aborted.push(name);
        reject(signal.reason);
      });
    });
  };

  async answer(...names: string[]): Promise<void> {
    for (const name of names) this.#answers.get(name)!();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

const quiet = { arrived: (): void => {}, failed: (): void => {} };

function ids(level: number, ...numbers: number[]): TileId[] {
  return numbers.map((number) => ({ level, number }));
}

Deno.test("TileCache asks for the most urgent tiles first, a few at a time", async () => {
  const server = new Server();
  const cache = new TileCache(server.fetch, quiet);
  cache.want(ids(1, 4, 3, 2, 1, 0, 9, 8));
  assertEquals(server.asked, ["1/4", "1/3", "1/2", "1/1", "1/0"]);
  await server.answer("1/3");
  assertEquals(server.asked.at(-1), "1/9");
  assertEquals(cache.get(1, 3)?.lines.get(lineKey(3, 1))?.row, 3);
  cache.want([]);
});

Deno.test("TileCache gives up what is no longer wanted, and asks again when it is", async () => {
  const server = new Server();
  const cache = new TileCache(server.fetch, quiet);
  cache.want(ids(1, 1, 2));
  cache.want(ids(1, 2));
  assertEquals(server.aborted, ["1/1"]);
  cache.want(ids(1, 1, 2));
  await server.answer("1/2");
  assertEquals(server.asked, ["1/1", "1/2", "1/1"]);
  await server.answer("1/1");
  assertEquals([cache.get(1, 1)?.tile.number, cache.get(1, 2)?.tile.number], [1, 2]);
});

Deno.test("TileCache drops what was not used for longest", async () => {
  const server = new Server();
  const bytes = encodeTile(tileOf({ level: 1, number: 0 })).length;
  const cache = new TileCache(server.fetch, quiet, 2.5 * bytes);
  cache.want(ids(1, 0, 1, 2));
  await server.answer("1/0", "1/1");
  cache.get(1, 0);
  await server.answer("1/2");
  const here = [0, 1, 2].filter((number) => cache.get(1, number) !== undefined);
  assertEquals(here, [0, 2]);
  assertEquals(cache.bytes <= 2.5 * bytes, true);
});

Deno.test("TileCache tells of failures and leaves the tile alone for a while", async () => {
  const failures: unknown[] = [];
  let asked = 0;
  const cache = new TileCache(() => {
    asked++;
    return Promise.reject(new Error("no network"));
  }, { ...quiet, failed: (error): void => void failures.push(error) });
  cache.want(ids(0, 1));
  await new Promise((resolve) => setTimeout(resolve, 5));
  cache.want(ids(0, 1));
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals([asked, failures.length], [1, 1]);
});
