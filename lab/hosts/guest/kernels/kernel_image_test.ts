import { assertEquals } from "@std/assert";
import fc from "fast-check";

import { arm64Image, bzImage, bzImage32, efiZboot, elf, gzip } from "../testdata/kernel_bytes.ts";
import { imageKind, readImageKind } from "./kernel_image.ts";

Deno.test("imageKind() tells images by architecture and whether QEMU starts them", () => {
  const cases = {
    "x86_64 bootable": bzImage,
    "i386 no": bzImage32,
    "aarch64 bootable": arm64Image,
    "ppc64le bootable": elf(21, "little"),
    "ppc64 no": elf(21, "big"),
    "x86_64 no": elf(62, "little"),
    "aarch64 no": elf(183, "little"),
    "riscv no": elf(243, "little"),
    "ELF machine 999 no": elf(999, "little"),
  };
  for (const [expected, bytes] of Object.entries(cases)) {
    const kind = imageKind(bytes)!;
    assertEquals(`${kind.arch} ${kind.bootable ? "bootable" : "no"}`, expected);
  }
  assertEquals(imageKind(efiZboot(0xaa64)), { arch: "aarch64", bootable: true });
  assertEquals(imageKind(efiZboot(0x5064)), { arch: "riscv", bootable: true });
});

Deno.test("imageKind() says null to anything else, however short or odd", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    for (const start of [bytes, ...[bzImage, arm64Image, efiZboot(1), elf(21, "little")]]) {
      imageKind(start.subarray(0, bytes.length)); // must not throw
    }
  }));
  assertEquals(imageKind(new TextEncoder().encode("#!/bin/sh\n")), null);
  const astray = efiZboot(0xaa64);
  astray.set([0xff, 0xff, 0xff, 0xff], 0x3c);
  assertEquals(imageKind(astray), null);
});

Deno.test("readImageKind() looks into gzip, which QEMU unpacks for arm64 only", async () => {
  const path = await Deno.makeTempFile();
  const kindOf = async (bytes: Uint8Array): Promise<unknown> => {
    await Deno.writeFile(path, bytes);
    return await readImageKind(path);
  };
  try {
    assertEquals(await kindOf(await gzip(arm64Image)), { arch: "aarch64", bootable: true });
    assertEquals(await kindOf(await gzip(elf(21, "little"))), { arch: "ppc64le", bootable: false });
    assertEquals(await kindOf((await gzip(arm64Image)).subarray(0, 15)), null);
    assertEquals(await kindOf(new Uint8Array([0x1f, 0x8b, 1, 2, 3])), null);
    assertEquals(await kindOf(new Uint8Array(0)), null);
    // A kernel is larger than what is read of it
    const large = new Uint8Array(1 << 20);
    crypto.getRandomValues(large.subarray(4096, 65536 + 4096));
    large.set(arm64Image);
    assertEquals(await kindOf(await gzip(large)), { arch: "aarch64", bootable: true });
  } finally {
    await Deno.remove(path);
  }
});
