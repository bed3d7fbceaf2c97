import { assertEquals } from "@std/assert";

import { packInitramfs } from "./initramfs.ts";

const text = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

/** Reads an archive as the kernel does: headers, names and data, each padded to four bytes. */
function entries(
  archive: Uint8Array,
): { name: string; mode: string; rdev: string; data: string }[] {
  const found = [];
  for (let at = 0; at < archive.length;) {
    const header = text(archive.subarray(at, at + 110));
    assertEquals(header.slice(0, 6), "070701");
    const field = (index: number): string => header.slice(6 + index * 8, 14 + index * 8);
    const nameBytes = parseInt(field(11), 16);
    const size = parseInt(field(6), 16);
    const name = text(archive.subarray(at + 110, at + 110 + nameBytes - 1));
    const dataAt = (at + 110 + nameBytes + 3) & ~3;
    found.push({
      name,
      mode: field(1),
      rdev: `${parseInt(field(9), 16)}:${parseInt(field(10), 16)}`,
      data: text(archive.subarray(dataAt, dataAt + size)),
    });
    at = (dataAt + size + 3) & ~3;
  }
  return found;
}

Deno.test("an initial file system holds the loader, a console and modules in their order", () => {
  const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);
  const archive = packInitramfs(bytes("loader"), [
    { name: "virtio.ko", bytes: bytes("one") },
    { name: "virtio_ring.ko.xz", bytes: bytes("three") },
  ]);
  const found = entries(archive);
  assertEquals(found.map(({ name }) => name), [
    "dev",
    "proc",
    "sys",
    "run",
    "tmp",
    "modules",
    "dev/console",
    "init",
    "modules/00-virtio.ko",
    "modules/01-virtio_ring.ko.xz",
    "TRAILER!!!",
  ]);
  const byName = new Map(found.map((entry) => [entry.name, entry]));
  assertEquals(byName.get("init"), { name: "init", mode: "000081ed", rdev: "0:0", data: "loader" });
  assertEquals(byName.get("dev/console")?.mode, "00002180");
  assertEquals(byName.get("dev/console")?.rdev, "5:1");
  assertEquals(byName.get("modules/01-virtio_ring.ko.xz")?.data, "three");
});
