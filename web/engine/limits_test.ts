import { assertEquals } from "@std/assert";
import { engineMemoryMiB, MAX_ENGINES, MEMORY_MIB } from "./limits.ts";

Deno.test("engines leave a small machine a quarter of its memory, and take no more on a large one", () => {
  assertEquals(engineMemoryMiB(64 * 2 ** 30), MEMORY_MIB);
  assertEquals(engineMemoryMiB(4 * 2 ** 30) * MAX_ENGINES, 3 * 2 ** 10);
});
