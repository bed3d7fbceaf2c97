/** Bundles the islands: the programs that run in the browser. */

import { sha256 } from "../lab/places/digest.ts";
import { exists } from "../lab/places/exists.ts";
import { projectDirectory } from "../lab/cli/paths.ts";

const ISLANDS = `${projectDirectory}web/islands`;
/** Where bundles lie; made anew when what they are made of changes. */
const BUNDLES = `${projectDirectory}build/web`;

/** The islands could not be bundled. */
export class BundleError extends Error {
  override readonly name = "BundleError";
}

/** The entries: every file directly in `web/islands/`, except tests. */
function entries(): string[] {
  return [...Deno.readDirSync(ISLANDS)]
    .filter(({ name, isFile }) => isFile && name.endsWith(".ts") && !name.endsWith("_test.ts"))
    .map(({ name }) => `${ISLANDS}/${name}`)
    .sort();
}

/** Everything that a bundle may be made of: islands, what they share with the server, versions. */
async function digestOfSources(): Promise<string> {
  const files = ["deno.lock", ...sourcesIn("web"), ...sourcesIn("traces"), ...sourcesIn("lab")];
  const texts = files.map((file) => `${file}\n${Deno.readTextFileSync(projectDirectory + file)}`);
  return (await sha256(texts.join("\0"))).slice(0, 16);
}

function sourcesIn(folder: string): string[] {
  const found: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(projectDirectory + folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...sourcesIn(path));
    else if (/\.tsx?$/.test(name) && !/_test\.tsx?$/.test(name)) found.push(path);
  }
  return found.sort();
}

/**
 * Bundles the islands unless that has been done.
 *
 * @param say Told that it takes a while.
 * @returns The directory that holds `NAME.js` for each `web/islands/NAME.ts`.
 * @throws {BundleError} If a source is at fault, or the bundler cannot be fetched.
 */
export async function bundleIslands(say: (line: string) => void): Promise<string> {
  const directory = `${BUNDLES}/${await digestOfSources()}`;
  try {
    if ((await Deno.stat(directory)).isDirectory) return directory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  say("bundling what runs in the browser");
  await Deno.mkdir(BUNDLES, { recursive: true });
  const fresh = await Deno.makeTempDir({ dir: BUNDLES, prefix: ".new-" });
  try {
    await runBundler(fresh);
    await Deno.chmod(fresh, 0o755);
    await Deno.rename(fresh, directory);
  } catch (cause) {
    await Deno.remove(fresh, { recursive: true });
    // Another launcher was faster
    if (await exists(directory)) return directory;
    throw cause;
  }
  await removeOthers(directory);
  return directory;
}

async function runBundler(directory: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      "--minify",
      `--config=${projectDirectory}deno.json`,
      `--outdir=${directory}`,
      ...entries(),
    ],
    cwd: projectDirectory,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  const said = new TextDecoder().decode(stderr).trim();
  throw new BundleError(
    `Cannot bundle what runs in the browser: ${said}. ` +
      "Remedy: see whether npm's registry can be reached; it is needed once",
  );
}

/** Bundles of other states of the sources; a server that still runs has read its own. */
async function removeOthers(directory: string): Promise<void> {
  for await (const { name } of Deno.readDir(BUNDLES)) {
    const path = `${BUNDLES}/${name}`;
    if (path !== directory && !name.startsWith(".")) await Deno.remove(path, { recursive: true });
  }
}
