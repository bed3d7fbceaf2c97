/** Paths as users mean them: relative to where they stand, not to where the task runs. */

/** The project's directory. */
export const projectDirectory: string = new URL("../../", import.meta.url).pathname;

/** Makes a path absolute. `deno task` changes to the project; INIT_CWD says where the user was. */
export function userPath(path: string): string {
  if (path.startsWith("/")) return path;
  const base = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  return `${base.replace(/\/+$/, "")}/${path}`;
}

/** The store of runs: `--out DIR`, else `runs/` of the project. */
export function storeDirectory(out: string | undefined): string {
  return out === undefined ? `${projectDirectory}runs` : userPath(out);
}

/** Values of one of Deno's `--allow-…` flags: it splits them at commas, and takes two for one. */
export function permissionList(values: readonly string[]): string {
  return [...new Set(values)].map((value) => value.replaceAll(",", ",,")).join(",");
}
