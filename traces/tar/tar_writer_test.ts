import { assertEquals, assertRejects } from "@std/assert";
import { tarBytes, type TarFile, tarSize } from "./tar_writer.ts";

function entry(name: string, content: Uint8Array, size = content.length): TarFile {
  return {
    name,
    size,
    modified: 1_795_000_000,
    open: async function* (): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      for (let at = 0; at < content.length; at += 300) yield content.subarray(at, at + 300);
    },
  };
}

async function archive(entries: readonly TarFile[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(ReadableStream.from(tarBytes(entries))).arrayBuffer());
}

async function tar(dir: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("tar", { args, cwd: dir }).output();
  const said = new TextDecoder().decode(stderr);
  assertEquals([success, said], [true, ""]);
  return new TextDecoder().decode(stdout);
}

Deno.test("tarBytes() writes what tar reads: empty, aligned, odd and long-named files", async () => {
  const dir = await Deno.makeTempDir({ prefix: "fencelab-tar-" });
  try {
    const contents = new Map([0, 1, 512, 513, 70_000].map((size) => [
      `run/${size}.bin`,
      crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536))),
    ]));
    // The longest name that a run may give a trace, below the longest id
    contents.set(`${"i".repeat(70)}/${"n".repeat(128)}`, new TextEncoder().encode("long"));
    contents.set(`${"i".repeat(49)}/${"n".repeat(50)}`, new TextEncoder().encode("100 bytes"));
    const entries = [...contents].map(([name, content]) => entry(name, content));
    const bytes = await archive(entries);
    assertEquals(bytes.length, tarSize(entries));
    await Deno.writeFile(`${dir}/a.tar`, bytes);
    const listed = (await tar(dir, "-tf", "a.tar")).trim().split("\n");
    assertEquals(listed, [...contents.keys()]);
    await tar(dir, "-xf", "a.tar");
    for (const [name, content] of contents) {
      assertEquals(await Deno.readFile(`${dir}/${name}`), content);
      const { mtime, mode } = await Deno.stat(`${dir}/${name}`);
      assertEquals([mtime!.getTime() / 1000, mode! & 0o777], [1_795_000_000, 0o644]);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("tarBytes() has the size of what eleven octal digits do not hold", async () => {
  const large = { ...entry("run/large", new Uint8Array()), size: 9 * 2 ** 30 };
  const first = await tarBytes([large]).next();
  const text = new TextDecoder().decode(first.value as Uint8Array);
  assertEquals(text.slice(512, 528), "19 size=96636764");
});

Deno.test("tarBytes() fails when a file is not as long as was said", async () => {
  for (const said of [2, 4]) {
    await assertRejects(
      () => archive([entry("run/a", new Uint8Array(3), said)]),
      Error,
      "'run/a': its size changed",
    );
  }
});
