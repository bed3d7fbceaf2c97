import { assert, assertEquals, assertRejects } from "@std/assert";

import { asWritten, readUserSource, UserSourceError, userSourceFlags } from "./user_source.ts";

Deno.test("readUserSource() names the technique after the file", async () => {
  const place = await Deno.makeTempDir();
  try {
    const path = `${place}/my-fence_2.c`;
    await Deno.writeTextFile(path, "int x;\n");
    assertEquals(await readUserSource(path), { name: "my-fence_2", path, text: "int x;\n" });
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});

for (const file of ["My.c", "a.b.c", "fence.h", "fence", ".c", `${"x".repeat(33)}.c`, "a b.c"]) {
  Deno.test(`readUserSource() refuses the name '${file}'`, async () => {
    const error = await assertRejects(
      () => readUserSource(`/nowhere/${file}`, file),
      UserSourceError,
    );
    assert(error.message.startsWith(`Cannot use '${file}' as a technique`), error.message);
  });
}

Deno.test("readUserSource() says which file is not there", async () => {
  const error = await assertRejects(
    () => readUserSource("/nowhere/fence.c", "fence.c"),
    UserSourceError,
    "Cannot read the technique 'fence.c': there is no such file",
  );
  assert(error.cause instanceof Deno.errors.NotFound);
});

Deno.test("asWritten() undoes the renaming of the four functions", () => {
  const renames = userSourceFlags(7).filter((flag) => flag.startsWith("-Dfence_"));
  assertEquals(renames.length, 4);
  for (const flag of renames) {
    const [, written, renamed] = /^-D(\w+)=(\w+)$/.exec(flag)!;
    assertEquals(
      asWritten(`undefined reference to '${renamed}'`),
      `undefined reference to '${written}'`,
    );
  }
});
