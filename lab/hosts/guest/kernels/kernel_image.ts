/** What a file is that claims to be a kernel image. */

import type { Architecture } from "../../../../ffi/toolchain.ts";

/** Bytes of a kernel that suffice to tell what it is. */
const HEAD_BYTES = 4096;

/** Bytes of a file from which those of a packed kernel can be had. */
const START_BYTES = 65536;

/** ELF machines by number (elf.h, EM_*). */
const ELF_MACHINES: Readonly<Record<number, string>> = {
  3: "i386",
  20: "ppc",
  21: "ppc64",
  22: "s390x",
  40: "arm",
  62: "x86_64",
  183: "aarch64",
  243: "riscv",
};

/** PE machines by number ("PE Format", Machine Types). */
const PE_MACHINES: Readonly<Record<number, string>> = {
  0x14c: "i386",
  0x8664: "x86_64",
  0xaa64: "aarch64",
  0x5064: "riscv",
};

/** Offset of the x86 setup header's xloadflags; bit 0 says that the kernel has a 64-bit entry. */
const XLOADFLAGS = 0x236;

export interface ImageKind {
  /** Its architecture as far as it tells; one that the lab does not know is named all the same. */
  readonly arch: string;
  /** Whether QEMU's `-kernel` starts it in this form. */
  readonly bootable: boolean;
}

/**
 * Tells what kernel image a file holds, or `null` if it holds none.
 *
 * @throws {Deno.errors.NotFound} If it is not there, and so on.
 */
export async function readImageKind(path: string): Promise<ImageKind | null> {
  const start = await readStart(path);
  if (start[0] !== 0x1f || start[1] !== 0x8b) return imageKind(start);
  const inner = imageKind(await unpackStart(start));
  // QEMU unpacks gzip for arm64 alone (load_image_gzipped in hw/arm/boot.c)
  return inner && { arch: inner.arch, bootable: inner.arch === "aarch64" && inner.bootable };
}

/** Tells a kernel image from its first bytes; `null` if they are not a kernel's. */
export function imageKind(head: Uint8Array): ImageKind | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const has = (text: string, at: number): boolean =>
    at + text.length <= head.length &&
    [...text].every((character, index) => head[at + index] === character.charCodeAt(0));

  // Documentation/arch/x86/boot.rst: the setup header
  if (has("HdrS", 0x202) && head.length > XLOADFLAGS) {
    const is64Bit = (head[XLOADFLAGS]! & 1) !== 0;
    return { arch: is64Bit ? "x86_64" : "i386", bootable: is64Bit };
  }
  // Documentation/arch/arm64/booting.rst: the magic of the header
  if (has("ARM\x64", 56)) return { arch: "aarch64", bootable: true };
  // A kernel packed as an EFI program (drivers/firmware/efi/libstub/zboot-header.S)
  if (has("MZ", 0) && has("zimg", 4) && head.length >= 0x40) {
    const header = view.getUint32(0x3c, true);
    if (!has("PE\0\0", header) || header + 6 > head.length) return null;
    const machine = view.getUint16(header + 4, true);
    return { arch: PE_MACHINES[machine] ?? `PE machine ${machine}`, bootable: true };
  }
  if (has("\x7fELF", 0) && head.length >= 20) return elfKind(view);
  return null;
}

function elfKind(view: DataView): ImageKind {
  const little = view.getUint8(5) === 1; // EI_DATA, ELFDATA2LSB
  const machine = view.getUint16(18, little);
  const name = ELF_MACHINES[machine] ?? `ELF machine ${machine}`;
  const arch = name === "ppc64" && little ? "ppc64le" : name;
  return { arch, bootable: arch === "ppc64le" };
}

/** The form in which QEMU wants a kernel, for remedies. */
export const IMAGE_FORMS: Readonly<Record<Architecture, string>> = {
  x86_64: "a bzImage (vmlinuz)",
  aarch64: "an Image, Image.gz or vmlinuz.efi",
  ppc64le: "a little-endian ELF vmlinux",
};

async function readStart(path: string): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  const start = new Uint8Array(START_BYTES);
  let length = 0;
  for (;;) {
    const read = await file.read(start.subarray(length));
    if (read === null || read === 0) return start.subarray(0, length);
    length += read;
  }
}

/** What gzip has packed, as far as it can be unpacked from its start. */
async function unpackStart(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const head = new Uint8Array(HEAD_BYTES);
  let length = 0;
  try {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    for await (const part of stream) {
      const taken = part.subarray(0, HEAD_BYTES - length);
      head.set(taken, length);
      length += taken.length;
      if (length === HEAD_BYTES) break;
    }
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause; // the file is damaged, or goes on
  }
  return head.subarray(0, length);
}
