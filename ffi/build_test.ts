import { assert, assertEquals, assertRejects } from "@std/assert";

import { ensureBuild, findBuild } from "./build.ts";
import { LibraryError, loadLibrary } from "./library.ts";
import { findCompiler } from "./toolchain.ts";

Deno.test("ensureBuild() compiles once; the next call finds what is there", async () => {
  const first = await ensureBuild();
  const second = await ensureBuild(undefined, () => {
    throw new Error("nothing is to be built");
  });
  assertEquals(second, { ...first, compiled: false });
  assertEquals(await findBuild(), second);
  assert((await Deno.stat(first.agent)).isFile && (await Deno.stat(first.library)).isFile);
});

Deno.test("the agent names the build that it came from", async () => {
  const { agent, id } = await ensureBuild();
  const { stdout } = await new Deno.Command(agent, { args: ["--version"] }).output();
  assertEquals(new TextDecoder().decode(stdout).trim().split(" ")[1], id);
});

Deno.test("findCompiler() passes over folders, files that cannot run and relative entries", async () => {
  const place = await Deno.makeTempDir();
  try {
    const toolchain = { arch: "x86_64", compilers: ["mycc"], packages: "x" } as const;
    await Deno.mkdir(`${place}/a/mycc`, { recursive: true });
    await Deno.mkdir(`${place}/b`);
    await Deno.writeTextFile(`${place}/b/mycc`, "", { mode: 0o644 });
    const path = `relative:${place}/a:${place}/b`;
    assertEquals(findCompiler(toolchain, path), null);
    await Deno.chmod(`${place}/b/mycc`, 0o755);
    assertEquals(findCompiler(toolchain, path), `${place}/b/mycc`);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});

Deno.test("loadLibrary() names the file that is no library", async () => {
  const file = await Deno.makeTempFile();
  try {
    await assertRejects(
      // deno-lint-ignore require-await -- assertRejects wants a promise
      async () => loadLibrary(file),
      LibraryError,
      file,
    );
  } finally {
    await Deno.remove(file);
  }
});
