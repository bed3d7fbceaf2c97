import { assertEquals, assertRejects } from "@std/assert";
import { concatBytes } from "../protobuf/concat_bytes.ts";
import { readTar, TarError } from "./tar_reader.ts";
import { tarBytes } from "./tar_writer.ts";

/** A record of an archive, header and content. */
function record(name: string, body: string, type = "0"): Uint8Array {
  const header = new Uint8Array(512);
  const bytes = new TextEncoder().encode(body);
  const put = (text: string, at: number): void =>
    void new TextEncoder().encodeInto(text, header.subarray(at));
  put(name, 0);
  put(bytes.length.toString(8).padStart(11, "0"), 124);
  put(`        ${type}`, 148);
  put(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `, 148);
  return concatBytes([header, bytes, new Uint8Array((512 - bytes.length % 512) % 512)]);
}

const archive = concatBytes([
  record("package/a", "first"),
  record("package/b", "x".repeat(512)),
  record("package/link", "", "2"),
  record("./@LongLink", `package/${"n".repeat(120)}\0`, "L"),
  record("package/cut", "third"),
  new Uint8Array(1024),
]);

/** What is in an archive whose bytes come in pieces; content only of files that begin with `read`. */
async function entriesOf(bytes: Uint8Array, read: string, piece = 300): Promise<string[][]> {
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  const entries: string[][] = [];
  for await (const { path, type, content } of readTar(stream())) {
    const text = path.startsWith(read)
      ? await new Response(ReadableStream.from(content)).text()
      : "not read";
    entries.push([path, type, text]);
  }
  return entries;
}

Deno.test("readTar() tells files from links, and skips what is not read", async () => {
  const expected = [
    ["package/a", "file", "not read"],
    ["package/b", "file", "x".repeat(512)],
    ["package/link", "other", "not read"],
    [`package/${"n".repeat(120)}`, "file", "not read"],
  ];
  for (const piece of [1, 300, 10_000]) {
    assertEquals(await entriesOf(archive, "package/b", piece), expected);
  }
});

Deno.test("readTar() reads what tarBytes() writes, long names too", async () => {
  const names = ["run/run.json", `${"i".repeat(70)}/${"n".repeat(128)}`];
  const files = names.map((name) => ({
    name,
    size: name.length,
    modified: 0,
    open: (): ReadableStream<Uint8Array> => new Blob([name]).stream(),
  }));
  const written = await new Response(ReadableStream.from(tarBytes(files))).bytes();
  assertEquals(await entriesOf(written, ""), names.map((name) => [name, "file", name]));
});

Deno.test("readTar() refuses an archive that is cut off or damaged", async () => {
  const end = archive.length - 1024;
  for (const length of [100, 600, 1400, end + 100]) {
    await assertRejects(() => entriesOf(archive.subarray(0, length), ""), TarError, "cut off");
  }
  await assertRejects(() => entriesOf(archive.subarray(0, end), ""), TarError, "ends without");
  const renamed = archive.slice();
  renamed[0] = 0x71;
  await assertRejects(() => entriesOf(renamed, ""), TarError, "the checksum of a header");
  const sizeless = record("package/a", "");
  sizeless.fill(0x7a, 124, 136);
  const sum = sizeless.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
  sizeless.set(new TextEncoder().encode(sum.toString(8).padStart(6, "0")), 148);
  await assertRejects(() => entriesOf(sizeless, ""), TarError, "more than 8 GiB, or is damaged");
});
