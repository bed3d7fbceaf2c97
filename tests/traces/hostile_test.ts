import { assert } from "@std/assert";
import { convertHostile } from "../fixtures/traces/hostile.ts";

Deno.test("500 damaged captures end in a declared error or a trace that can be read", async () => {
  const { refused, damaged, clean } = await convertHostile(500);
  // All kinds of ends are met, or the damages are too weak or too strong to say anything
  assert(Math.min(refused, damaged, clean) > 10, JSON.stringify({ refused, damaged, clean }));
});
