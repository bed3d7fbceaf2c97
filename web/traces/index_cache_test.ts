import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { smallIndex } from "../../traces/index/testdata.ts";
import { TraceIndex } from "../../traces/index/trace_index.ts";
import { IndexCache } from "./index_cache.ts";

/** Loads an index and counts how often. */
class Loader {
  count = 0;

  readonly load = async (): Promise<TraceIndex> => {
    this.count++;
    await Promise.resolve();
    return new TraceIndex(smallIndex());
  };
}

const bytes = new TraceIndex(smallIndex()).bytes;

Deno.test("an index is read once, also for those who ask while it is read", async () => {
  const cache = new IndexCache();
  const loader = new Loader();
  const [one, other] = await Promise.all([
    cache.get("a", "1", loader.load),
    cache.get("a", "1", loader.load),
  ]);
  assertStrictEquals(one, other);
  assertStrictEquals(await cache.get("a", "1", loader.load), one);
  assertEquals(loader.count, 1);
});

Deno.test("an index whose file changed is read again", async () => {
  const cache = new IndexCache();
  const loader = new Loader();
  const before = await cache.get("a", "1", loader.load);
  const after = await cache.get("a", "2", loader.load);
  assertEquals([before.version, after.version, loader.count], ["1", "2", 2]);
});

Deno.test("those that were used last stay, as far as memory goes", async () => {
  const cache = new IndexCache(2 * bytes);
  const loaders = new Map(["a", "b", "c"].map((path) => [path, new Loader()]));
  const get = (path: string): Promise<unknown> => cache.get(path, "1", loaders.get(path)!.load);
  for (const path of ["a", "b", "a", "c", "a", "b"]) await get(path);
  assertEquals([...loaders.values()].map(({ count }) => count), [1, 2, 1]);
});

Deno.test("one that is larger than all memory for them stays while it is the last", async () => {
  const cache = new IndexCache(1);
  const loader = new Loader();
  await cache.get("a", "1", loader.load);
  await cache.get("a", "1", loader.load);
  assertEquals(loader.count, 1);
});

Deno.test("a failure is told and tried again", async () => {
  const cache = new IndexCache();
  const fail = (): Promise<TraceIndex> => Promise.reject(new Error("damaged"));
  await assertRejects(() => cache.get("a", "1", fail), Error, "damaged");
  await cache.get("a", "1", new Loader().load);
});
