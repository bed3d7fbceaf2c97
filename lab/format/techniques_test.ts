import { assert, assertEquals } from "@std/assert";
import { familyOf, findTechnique, techniques } from "./techniques.ts";

Deno.test("controls of techniques are techniques, and those of one alone make its calls", () => {
  for (const { id, control, promise } of techniques) {
    assertEquals(control === undefined, promise === "control", id);
    if (control !== undefined) assertEquals(findTechnique(control)?.promise, "control", id);
  }
  const own = techniques.filter(({ controlOf }) => controlOf !== undefined);
  assert(own.length > 0);
  for (const { id, controlOf, family, calls } of own) {
    const of = findTechnique(controlOf!);
    assertEquals([of?.control, of?.family, of?.calls], [id, family, calls]);
  }
});

Deno.test("techniques of the user's own are in no family of the lab's", () => {
  assertEquals(familyOf("user:mprotect"), "other");
  assertEquals(familyOf("membarrier-none-such"), "other");
  assertEquals(findTechnique("user:MINE"), undefined);
});
