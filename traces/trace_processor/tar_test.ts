import { assertEquals, assertThrows } from "@std/assert";
import { concatBytes } from "./protobuf.ts";
import { filesInTar } from "./tar.ts";

/** A tar record of a plain file, header and body. */
function record(name: string, body: string, type = "0"): Uint8Array {
  const header = new Uint8Array(512);
  const encoder = new TextEncoder();
  const bytes = encoder.encode(body);
  header.set(encoder.encode(name));
  header.set(encoder.encode(bytes.length.toString(8).padStart(11, "0")), 124);
  header.set(encoder.encode(type), 156);
  return concatBytes([header, bytes, new Uint8Array((512 - bytes.length % 512) % 512)]);
}

const archive = concatBytes([
  record("package/a", "first"),
  record("package/b", "x".repeat(512)),
  record("package/link", "", "2"),
  record("package/c", "third"),
  new Uint8Array(1024),
]);

Deno.test("filesInTar() takes the files that are wanted and no others", () => {
  const found = filesInTar(archive, ["package/c", "package/b", "package/link", "package/none"]);
  assertEquals([...found.keys()], ["package/b", "package/c"]);
  assertEquals(new TextDecoder().decode(found.get("package/c")), "third");
});

Deno.test("filesInTar() refuses an archive that is cut off", () => {
  assertThrows(() => filesInTar(archive.subarray(0, 1400), []), RangeError, "package/b");
  const damaged = archive.slice();
  damaged.fill(0x7a, 124, 136);
  assertThrows(() => filesInTar(damaged, []), RangeError, "package/a");
});
