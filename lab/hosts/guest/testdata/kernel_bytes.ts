/** Files that look like kernels as far as their first bytes go. */

const SIZE = 1024;

function bytes(
  parts: readonly (readonly [at: number, data: string | readonly number[]])[],
): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(SIZE);
  for (const [at, data] of parts) {
    made.set(typeof data === "string" ? [...data].map((one) => one.charCodeAt(0)) : data, at);
  }
  return made;
}

/** A setup header with its magic, and the flag of a 64-bit entry. */
export const bzImage = bytes([[0x1fe, [0x55, 0xaa]], [0x202, "HdrS"], [0x236, [1]]]);

/** A 32-bit one. */
export const bzImage32 = bytes([[0x202, "HdrS"]]);

/** arm64's header; its EFI stub makes the file begin like a program of Windows. */
export const arm64Image = bytes([[0, "MZ"], [56, "ARM\x64"]]);

/** A packed kernel in an EFI program. */
export function efiZboot(machine: number): Uint8Array<ArrayBuffer> {
  return bytes([[0, "MZ"], [4, "zimg"], [0x3c, [0x80]], [0x80, "PE\0\0"], [0x84, [
    machine & 0xff,
    machine >> 8,
  ]]]);
}

/** An ELF header. */
export function elf(machine: number, order: "little" | "big"): Uint8Array<ArrayBuffer> {
  const little = order === "little";
  const number = little ? [machine & 0xff, machine >> 8] : [machine >> 8, machine & 0xff];
  return bytes([[0, "\x7fELF"], [4, [2, little ? 1 : 2]], [18, number]]);
}

/** Packs bytes as gzip does. */
export async function gzip(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([data]).stream().pipeThrough(new CompressionStream("gzip"));
  return await new Response(packed).bytes();
}
