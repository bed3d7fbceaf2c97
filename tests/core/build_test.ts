import { assert, assertEquals, assertStringIncludes } from "@std/assert";

import { hasProgram, needs } from "../fixtures/needs.ts";
import { taskArguments } from "../fixtures/lab_process.ts";

const project = new URL("../../", import.meta.url).pathname;

/** A copy of what the build needs and of the objects that are there, to be changed and built at will. */
class Copy implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "fencelab-build-" });

  constructor() {
    for (const name of ["deno.json", "deno.lock", "ffi"]) {
      const { success } = new Deno.Command("cp", { args: ["-r", project + name, this.path] })
        .outputSync();
      assert(success);
    }
    Deno.mkdirSync(`${this.path}/build`);
    new Deno.Command("cp", { args: ["-r", `${project}build/objects`, `${this.path}/build`] })
      .outputSync();
  }

  /** Runs `deno task build --local` there. */
  async build(env: Record<string, string> = {}): Promise<{ code: number; stderr: string }> {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...taskArguments("build"), "--local"],
      cwd: this.path,
      env,
      stdout: "null",
    }).output();
    return { code, stderr: new TextDecoder().decode(stderr) };
  }

  /** Appends to a source. */
  change(file: string, text = "\n"): void {
    Deno.writeTextFileSync(`${this.path}/ffi/core/${file}`, text, { append: true });
  }

  /** Names of builds; objects are none, any build may take them. */
  builds(): string[] {
    return [...Deno.readDirSync(`${this.path}/build`)].map(({ name }) => name)
      .filter((name) => name !== "objects");
  }

  objects(): string[] {
    return [...Deno.readDirSync(`${this.path}/build/objects`)].map(({ name }) => name);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

const withCompiler = { gcc: hasProgram("gcc") };

Deno.test({
  ...needs("a changed source is built anew, an unchanged one is not", withCompiler),
  async fn(): Promise<void> {
    using copy = new Copy();
    assertStringIncludes((await copy.build()).stderr, ": built (");
    const before = copy.builds();
    assertStringIncludes((await copy.build()).stderr, ": up to date (");
    copy.change("kit/clock.c");
    assertStringIncludes((await copy.build()).stderr, ": built (");
    // A run that began before may still need the older one, until it was not used for a day
    const both = copy.builds();
    assertEquals([before.length, both.length, both.includes(before[0]!)], [1, 2, true]);
    const long = new Date(Date.now() - 25 * 3600_000);
    for (const name of both) Deno.utimeSync(`${copy.path}/build/${name}`, long, long);
    assertStringIncludes((await copy.build()).stderr, ": up to date (");
    copy.change("kit/clock.c");
    assertStringIncludes((await copy.build()).stderr, ": built (");
    const after = copy.builds();
    // The one that was up to date was asked for, so only the oldest is gone
    assertEquals([after.length, after.includes(before[0]!)], [2, false]);
    assertEquals(after.filter((name) => name.includes(".tmp")), []);
  },
});

Deno.test({
  ...needs("a changed file costs its own object, a changed header all of them", withCompiler),
  async fn(): Promise<void> {
    using copy = new Copy();
    await copy.build();
    const before = copy.objects();
    const added = async (file: string): Promise<number> => {
      copy.change(file);
      const { code, stderr } = await copy.build();
      assertEquals(code, 0, stderr);
      return copy.objects().filter((name) => !before.includes(name)).length;
    };
    assertEquals(await added("kit/clock.c"), 1);
    const core = `${copy.path}/ffi/core`;
    const sources = [...Deno.readDirSync(core)].filter(({ isDirectory }) => isDirectory)
      .flatMap((folder) =>
        [...Deno.readDirSync(`${core}/${folder.name}`)].map(({ name }) => `${folder.name}/${name}`)
      );
    // All but those that are told the build's name, whose objects do not last
    const lasting = sources.filter((name) =>
      name.endsWith(".c") &&
      !/FENCELAB_(BUILD|USER_FENCES)/.test(Deno.readTextFileSync(`${core}/${name}`))
    );
    assertEquals(await added("kit/clock.h"), 1 + lasting.length);
  },
});

Deno.test({
  ...needs(
    "a source that does not compile shows the compiler's words and leaves nothing",
    withCompiler,
  ),
  async fn(): Promise<void> {
    using copy = new Copy();
    copy.change("kit/clock.c", "int x = y;\n");
    const { code, stderr } = await copy.build();
    assertEquals(code, 1);
    assertStringIncludes(stderr, "clock.c");
    assertStringIncludes(stderr, "'y'".replaceAll("'", ""));
    assertEquals(copy.builds(), []);
  },
});

Deno.test("without a compiler the build says what to install", async () => {
  using copy = new Copy();
  const { code, stderr } = await copy.build({ PATH: "/no/such/folder" });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Remedy: apt-get install gcc libc6-dev");
});
