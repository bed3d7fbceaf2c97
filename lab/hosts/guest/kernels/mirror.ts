/** Which mirror of Debian kernels come from. */

import { existsSync } from "../../../places/exists.ts";
import { HostError } from "../../../format/host_error.ts";
import { type AptSource, debianSources, type SourcesFile } from "./debian_sources.ts";
import type { SuiteSource } from "./apt_state.ts";
import { requireProgram, runProgram } from "./run_program.ts";

/** A mirror by option. */
export interface MirrorChoice {
  /** Its URI; by default it is taken from apt's sources. */
  readonly mirror?: string;
  /** Keyring that signs it; by default Debian's, or that of apt's sources. */
  readonly keyring?: string;
}

/** Where debian-archive-keyring has all of the archive's keys: since trixie, before that. */
const KEYRINGS = [
  "/usr/share/keyrings/debian-archive-keyring.pgp",
  "/usr/share/keyrings/debian-archive-keyring.gpg",
];

/** A file of this package may hold the key of one release only; another release is to be read. */
const DEBIAN_KEYRING = /^\/usr\/share\/keyrings\/debian-archive-[^/\s]*$/;

/**
 * The sources of a suite: the archive, and its security updates where this machine asks for them.
 *
 * @param task What is being done, for errors.
 * @throws {HostError} If no source of this machine is Debian's.
 */
export async function suiteSources(
  suite: string,
  { mirror, keyring }: MirrorChoice,
  task: string,
): Promise<SuiteSource[]> {
  if (mirror !== undefined) {
    return [{ name: "archive", suite, source: signed({ uri: mirror, options: {} }, keyring) }];
  }
  const found = debianSources(await sourcesFiles(task));
  if (found === null) {
    throw new HostError(
      `${task}: none of apt's sources on this machine is Debian's. Remedy: give a mirror of ` +
        "Debian with --mirror, or name a kernel image by its path",
    );
  }
  const sources = [{ name: "archive", suite, source: signed(found.archive, keyring) }];
  if (found.security !== null) {
    const source = signed(found.security, keyring);
    sources.push({ name: "security", suite: `${suite}-security`, source });
  }
  return sources;
}

/** A source with the keyring that is to be used for it. */
function signed(source: AptSource, keyring: string | undefined): AptSource {
  const own = source.options["Signed-By"];
  const debian = own === undefined || DEBIAN_KEYRING.test(own)
    ? KEYRINGS.find(existsSync)
    : undefined;
  const signedBy = keyring ?? debian ?? own;
  if (signedBy === undefined) return source; // then apt uses the keys in its trusted.gpg.d
  return { uri: source.uri, options: { ...source.options, "Signed-By": signedBy } };
}

/** apt's sources in apt's order: sources.list, then the files of sources.list.d by name. */
async function sourcesFiles(task: string): Promise<SourcesFile[]> {
  const program = requireProgram("apt-config", "apt", task);
  const { stdout } = await runProgram(program, [
    "shell",
    ...["LIST", "Dir::Etc::sourcelist/f"],
    ...["PARTS", "Dir::Etc::sourceparts/d"],
  ]);
  const value = (key: string): string =>
    (new RegExp(`^${key}='(.*)'$`, "m").exec(stdout)?.[1] ?? "").replaceAll(`'\\''`, "'");
  const list = value("LIST");
  const parts = value("PARTS").replace(/\/+$/, "");
  const paths = [...(list === "" ? [] : [list]), ...(parts === "" ? [] : partsOf(parts))];
  const files: SourcesFile[] = [];
  for (const name of paths) {
    try {
      files.push({ name, text: await Deno.readTextFile(name) });
    } catch (cause) {
      if (cause instanceof Deno.errors.NotCapable) throw cause;
      // Not there, or not for this user: another one may do
    }
  }
  return files;
}

function partsOf(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => /^[\w.-]+\.(?:list|sources)$/.test(name))
      .sort().map((name) => `${folder}/${name}`);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    return []; // there is only the one file
  }
}
