/**
 * The guest's initial file system: the loader, modules, and a console.
 *
 * Written in the kernel's "newc" format (Documentation/driver-api/early-userspace/buffer-format.rst):
 * a header of fixed hexadecimal fields, the name, the data, each padded to four bytes.
 */

import { concatBytes } from "../../../traces/protobuf/concat_bytes.ts";

interface Entry {
  readonly name: string;
  /** File type and permissions as in `st_mode`. */
  readonly mode: number;
  readonly data?: Uint8Array;
  /** Major and minor number of a device. */
  readonly device?: readonly [number, number];
}

const DIRECTORY = 0o040755;
const PROGRAM = 0o100755;
const FILE = 0o100644;
const CHARACTER_DEVICE = 0o020600;

/** /dev/console, without which process 1 has no standard output (Documentation/admin-guide/devices.txt). */
const CONSOLE = [5, 1] as const;

/** A module to insert, in the order of the list. */
export interface InitramfsModule {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Packs the file system. Equal input gives equal bytes: saved guests are found by their digest.
 *
 * @param loader The program that becomes process 1.
 * @param modules Kernel modules; the loader inserts them in this order.
 */
export function packInitramfs(
  loader: Uint8Array,
  modules: readonly InitramfsModule[],
): Uint8Array<ArrayBuffer> {
  const entries: Entry[] = [
    ...["dev", "proc", "sys", "run", "tmp", "modules"].map((name) => ({ name, mode: DIRECTORY })),
    { name: "dev/console", mode: CHARACTER_DEVICE, device: CONSOLE },
    { name: "init", mode: PROGRAM, data: loader },
    ...modules.map(({ name, bytes }, at) => ({
      name: `modules/${String(at).padStart(2, "0")}-${name}`,
      mode: FILE,
      data: bytes,
    })),
    { name: "TRAILER!!!", mode: 0 },
  ];
  return concatBytes(entries.map((entry, at) => packEntry(entry, at + 1)));
}

function packEntry(entry: Entry, inode: number): Uint8Array {
  const name = new TextEncoder().encode(`${entry.name}\0`);
  const data = entry.data ?? new Uint8Array(0);
  const [major, minor] = entry.device ?? [0, 0];
  const links = entry.mode === DIRECTORY ? 2 : 1;
  // magic, ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [
    inode,
    entry.mode,
    0,
    0,
    links,
    0,
    data.length,
    0,
    0,
    major,
    minor,
    name.length,
    0,
  ];
  const header = new TextEncoder().encode(
    "070701" + fields.map((field) => field.toString(16).padStart(8, "0")).join(""),
  );
  const dataAt = padded(header.length + name.length);
  const packed = new Uint8Array(padded(dataAt + data.length));
  packed.set(header);
  packed.set(name, header.length);
  packed.set(data, dataAt);
  return packed;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
