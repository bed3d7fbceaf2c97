/**
 * Saved guests and the initial file systems that they were booted with.
 *
 * A saved guest is found by everything that made it: kernel, initial file system,
 * QEMU's version and command line. So nothing ever has to be compared or thrown away
 * because it is out of date; what is not used any more goes when there are many.
 */

import { sha256 } from "../../places/digest.ts";
import { exists } from "../../places/exists.ts";
import type { Architecture } from "../../../ffi/toolchain.ts";
import { HostError } from "../../format/host_error.ts";
import type { GuestSpec } from "./guest_name.ts";
import { type InitramfsModule, packInitramfs } from "./initramfs.ts";
import type { GuestKernel } from "./kernel.ts";
import { type Accelerator, qemuArguments } from "./machine.ts";

/** Saved guests that are kept, newest use first; each has 60 to 100 MB. */
const KEEP = 12;

/** An initial file system in the cache. */
export interface Initramfs {
  readonly path: string;
  readonly sha256: string;
}

/** The initial file system of a kernel; made if it is not there. */
export async function prepareInitramfs(
  directory: string,
  arch: Architecture,
  loader: string,
  kernel: GuestKernel,
): Promise<Initramfs> {
  const modules: InitramfsModule[] = [];
  for (const { name, path } of kernel.modules) {
    modules.push({ name, bytes: await Deno.readFile(path) });
  }
  const bytes = packInitramfs(await Deno.readFile(loader), modules);
  const digest = await sha256(bytes);
  const path = `${directory}/initramfs-${arch}-${digest.slice(0, 12)}.cpio`;
  await writeWhole(path, async (temporary) => await Deno.writeFile(temporary, bytes));
  return { path, sha256: digest };
}

/** What a saved guest depends on. */
export interface SnapshotInput {
  readonly spec: GuestSpec;
  readonly accelerator: Accelerator;
  readonly kernel: GuestKernel;
  readonly initramfs: Initramfs;
  readonly qemuVersion: string;
}

/** Where a saved guest lies, or would. */
export async function snapshotPath(directory: string, input: SnapshotInput): Promise<string> {
  // Paths that differ from start to start do not matter to the guest
  const command = qemuArguments(input.spec, input.accelerator, {
    kernel: input.kernel.sha256,
    initramfs: input.initramfs.sha256,
    console: "",
    qmp: "",
    restore: null,
  });
  const text = [input.qemuVersion, ...command].join("\0");
  const digest = await sha256(text);
  return `${directory}/guest-${input.spec.arch}-${digest.slice(0, 16)}.state`;
}

/** Whether a saved guest is there; its use is noted. */
export async function hasSnapshot(path: string): Promise<boolean> {
  try {
    await Deno.utime(path, new Date(), new Date());
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Writes a file under a temporary name and renames it; what is there already is left.
 *
 * @throws {HostError} If it cannot be written; nothing is left then.
 */
export async function writeWhole(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  if (await exists(path)) return;
  const temporary = `${path}.tmp${Deno.pid}`;
  try {
    await write(temporary);
    await Deno.rename(temporary, path);
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {}); // it may not have come to exist
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HostError(
      `Cannot write '${path}': ${why}. Remedy: make room there, or set XDG_CACHE_HOME`,
      { cause },
    );
  }
}

/** Removes saved guests beyond those used last, and what writers that were killed left. */
export async function trimSnapshots(directory: string): Promise<void> {
  const found: { path: string; used: number }[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    if (!/^(guest|initramfs)-/.test(name)) continue;
    const used = (await Deno.stat(path)).mtime?.getTime() ?? 0;
    if (/\.tmp\d+$/.test(name)) {
      // An hour is far beyond what saving takes
      if (Date.now() - used > 3_600_000) await Deno.remove(path);
    } else if (name.startsWith("guest-")) found.push({ path, used });
  }
  found.sort((a, b) => b.used - a.used);
  for (const { path } of found.slice(KEEP)) await Deno.remove(path);
}
