/** membarrier(2) in this very process, by FFI. */

import { findBuild } from "./build.ts";
import { errnoName } from "./errno.ts";
import { type Library, LibraryError, loadLibrary } from "./library.ts";

/** Commands of membarrier(2); include/uapi/linux/membarrier.h of Linux 6.12. */
export const MembarrierCommand = {
  query: 0,
  global: 1 << 0,
  globalExpedited: 1 << 1,
  registerGlobalExpedited: 1 << 2,
  privateExpedited: 1 << 3,
  registerPrivateExpedited: 1 << 4,
  privateExpeditedSyncCore: 1 << 5,
  registerPrivateExpeditedSyncCore: 1 << 6,
  privateExpeditedRseq: 1 << 7,
  registerPrivateExpeditedRseq: 1 << 8,
  getRegistrations: 1 << 9,
} as const;

/** The name of a command in {@linkcode MembarrierCommand}. */
export type MembarrierCommandName = keyof typeof MembarrierCommand;

/** `MEMBARRIER_CMD_FLAG_CPU`: with `privateExpeditedRseq` only one CPU is interrupted. */
export const MEMBARRIER_FLAG_CPU = 1;

/** membarrier(2) answered with an error. */
export class MembarrierError extends Error {
  override readonly name = "MembarrierError";
  /** The error's name, such as "EPERM". */
  readonly code: string;
  constructor(command: number, code: string) {
    super(`Cannot execute membarrier command ${command}: ${code}${hint(command, code)}`);
    this.code = code;
  }
}

function hint(command: number, code: string): string {
  if (code === "EPERM") {
    return command === MembarrierCommand.query
      ? ", which the kernel never answers to QUERY: a seccomp filter forbids the call"
      : ". Remedy: register for the command first, by its register… command";
  }
  if (code === "ENOSYS") return ": the kernel lacks the call, or a seccomp filter hides it";
  if (code === "EINVAL") return ": command, flags or CPU are not known to this kernel";
  return "";
}

let path: string | null = null;

/**
 * The shared library of the present sources.
 *
 * @throws {LibraryError} If it has not been built or cannot be loaded.
 */
export async function openLibrary(): Promise<Library> {
  if (path === null) {
    const build = await findBuild();
    if (!build) {
      throw new LibraryError("Cannot find the C core: it is not built. Remedy: 'deno task build'");
    }
    path = build.library;
  }
  return loadLibrary(path);
}

/**
 * Calls membarrier(2) in this process.
 *
 * @param command A value of {@linkcode MembarrierCommand}.
 * @param flags 0, or {@linkcode MEMBARRIER_FLAG_CPU} with `privateExpeditedRseq`.
 * @param cpuId The CPU for `MEMBARRIER_FLAG_CPU`; ignored without it.
 * @returns 0, or a mask for `query` and `getRegistrations`.
 * @throws {MembarrierError} With the kernel's error.
 * @throws {LibraryError} If the C core has not been built.
 *
 * @example Register, then force a barrier onto all running threads of this process
 * ```ts
 * import { membarrier, MembarrierCommand, queryMembarrier } from "@fencelab/fencelab";
 *
 * const { commands } = await queryMembarrier();
 * if (commands.includes("privateExpedited")) {
 *   await membarrier(MembarrierCommand.registerPrivateExpedited);
 *   await membarrier(MembarrierCommand.privateExpedited);
 * }
 * ```
 */
export async function membarrier(command: number, flags = 0, cpuId = 0): Promise<number> {
  const library = await openLibrary();
  const answer = Number(library.symbols.fencelab_membarrier(command, flags, cpuId));
  if (answer < 0) throw new MembarrierError(command, errnoName(-answer));
  return answer;
}

function namesOf(mask: number): MembarrierCommandName[] {
  const all = Object.keys(MembarrierCommand) as MembarrierCommandName[];
  return all.filter((name) => (mask & MembarrierCommand[name]) !== 0);
}

/** A mask of commands, with their names. */
export interface CommandMask {
  readonly mask: number;
  readonly commands: readonly MembarrierCommandName[];
}

/**
 * Asks which commands the kernel offers.
 *
 * @throws {MembarrierError} `EPERM` means a seccomp filter, `ENOSYS` none at all.
 *
 * @example
 * ```ts
 * import { queryMembarrier } from "@fencelab/fencelab";
 *
 * const { mask, commands } = await queryMembarrier();
 * console.log(mask.toString(16), commands); // "3ff" ["global", "globalExpedited", …] on Linux 6.3 or later
 * ```
 */
export async function queryMembarrier(): Promise<CommandMask> {
  const mask = await membarrier(MembarrierCommand.query);
  return { mask, commands: namesOf(mask) };
}

/**
 * Asks what this process has registered for (Linux 6.3 or later).
 *
 * Not a proof that `privateExpedited` works: registering for sync-core or rseq
 * reports it as well, yet it still answers EPERM.
 *
 * @throws {MembarrierError} `EINVAL` on kernels before 6.3.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { membarrier, MembarrierCommand, queryMembarrier, registrations } from "@fencelab/fencelab";
 *
 * const { commands } = await queryMembarrier();
 * if (commands.includes("getRegistrations")) {
 *   await membarrier(MembarrierCommand.registerPrivateExpedited);
 *   assert((await registrations()).commands.includes("registerPrivateExpedited"));
 * }
 * ```
 */
export async function registrations(): Promise<CommandMask> {
  const mask = await membarrier(MembarrierCommand.getRegistrations);
  return { mask, commands: namesOf(mask) };
}
