/**
 * Which programs are installed. None is run.
 *
 * @module
 */

/** Programs that parts of the lab use. */
export const TOOL_NAMES = [
  "gcc",
  "cc",
  "clang",
  "aarch64-linux-gnu-gcc",
  "powerpc64le-linux-gnu-gcc",
  "qemu-system-x86_64",
  "qemu-system-aarch64",
  "qemu-system-ppc64",
  "ssh",
  "trace_processor_shell",
] as const;

/** Where each program is; null if it is in no folder of PATH. */
export type Tools = Readonly<Record<string, string | null>>;

/**
 * Looks for programs in the folders of PATH, as a shell would.
 *
 * Needs permission to read those folders.
 *
 * @param names Names of programs, without folders.
 * @param path The value of PATH. Empty and relative entries are passed over: what lies in the
 * current folder is not installed.
 * @returns For each name the first executable file, or null.
 * @throws {Deno.errors.NotCapable} If Deno may not read a folder of PATH.
 */
export function findTools(names: readonly string[], path: string): Tools {
  const folders = path.split(":").filter((folder) => folder.startsWith("/"));
  return Object.fromEntries(names.map((name) => [name, findTool(name, folders)]));
}

function findTool(name: string, folders: readonly string[]): string | null {
  for (const folder of folders) {
    const file = `${folder.replace(/\/+$/, "")}/${name}`;
    if (isProgram(file)) return file;
  }
  return null;
}

function isProgram(file: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(file);
    return isFile && mode !== null && (mode & 0o111) !== 0;
  } catch (error) {
    // Deno's own refusal would make every program look missing.
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
