/** Looks for programs as a shell does; none is run. */

/**
 * Path of a program in the folders of PATH, or `null`.
 *
 * @param name Without folders.
 * @param path The value of PATH. Empty and relative entries are passed over: what lies in the
 * current folder is not installed.
 * @throws {Deno.errors.NotCapable} If Deno may not read a folder of PATH, which would make every
 * program look missing.
 */
export function findProgram(name: string, path: string): string | null {
  for (const folder of path.split(":").filter((folder) => folder.startsWith("/"))) {
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
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false; // not there, or in a folder that may not be looked into
  }
}
