import { assert, assertEquals, assertRejects } from "@std/assert";

import { asWritten, readUserSource, UserSourceError, userSourceFlags } from "./user_source.ts";

Deno.test("readUserSource() names the technique after the file", async () => {
  const place = await Deno.makeTempDir();
  try {
    const path = `${place}/my-fence_2.c`;
    const text = '#include <errno.h>\n#include "user_fence.h"\nint x;\n';
    await Deno.writeTextFile(path, text);
    assertEquals(await readUserSource(path), { name: "my-fence_2", path, text, includes: [] });
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});

Deno.test("readUserSource() reads what is included, directly and not, once", async () => {
  const place = await Deno.makeTempDir();
  try {
    const files = {
      "fence.c": '#ifdef __aarch64__\n # include "sub/arm.h"\n#endif\n#include "fence.c"\n',
      "sub/arm.h": '#include "../both.h"\n#include "missing.h"\n',
      "both.h": '#include "sub/../sub/arm.h"\n#include "both.h"\n',
      "unused.h": "",
    };
    await Deno.mkdir(`${place}/sub`);
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${place}/${name}`, text);
    }
    const { includes } = await readUserSource(`${place}/fence.c`);
    assertEquals(includes, [
      { path: `${place}/sub/arm.h`, text: files["sub/arm.h"] },
      { path: `${place}/both.h`, text: files["both.h"] },
    ]);
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
