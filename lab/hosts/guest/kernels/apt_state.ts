/**
 * A state of apt of its own: sources, lists and an empty list of installed packages.
 *
 * apt does what it does well (signatures, checksums, proxies), while the system's state is neither
 * read nor changed. Works as any user.
 */

import { aptConfiguration, sourceStanza } from "./apt_config.ts";
import { aptProblem, fetchFailed } from "./apt_problem.ts";
import type { AptSource } from "./debian_sources.ts";
import { KernelProblem } from "./kernel_problem.ts";
import { type ProgramOutput, requireProgram, runProgram } from "./run_program.ts";

/** Where a state lies and what it is about. */
export interface AptPlace {
  /** Exists; what lies there is the state's. */
  readonly directory: string;
  /** Architecture as dpkg names it. */
  readonly arch: string;
  /** What is being done, for errors: "Cannot prepare kernel 6.12 for aarch64". */
  readonly task: string;
  readonly signal: AbortSignal | undefined;
  /** Whether to give up soon on a mirror that does not answer, instead of as apt is set up to. */
  readonly hurried: boolean;
}

/** Settings that make apt give up soon: no second try, and seconds to wait for an answer. */
const HURRY = ["Acquire::Retries=0", "Acquire::http::Timeout=10", "Acquire::https::Timeout=10"];

/** A source and the suite that is wanted of it. */
export interface SuiteSource {
  /** A name for its file, such as "archive". */
  readonly name: string;
  readonly source: AptSource;
  readonly suite: string;
}

/** A version that the lists name. */
export interface ListedVersion {
  readonly name: string;
  readonly version: string;
  /** Where it is listed, such as "trixie/main". */
  readonly suite: string;
}

/** A package in one version. */
export interface AptPackage {
  readonly name: string;
  readonly version: string;
  /** Of its file, in bytes. */
  readonly size: number;
  /** Its dependencies as the archive lists them. */
  readonly depends: string;
}

/** What fails if apt cannot read its lists. */
const LOOKING = "Cannot look into the lists of packages";

/** A private state of apt. */
export class AptState {
  readonly #place: AptPlace;
  readonly #get: string;
  readonly #cache: string;

  private constructor(place: AptPlace) {
    this.#place = place;
    this.#get = requireProgram("apt-get", "apt", place.task);
    this.#cache = requireProgram("apt-cache", "apt", place.task);
  }

  /**
   * Sets a state up without any source; what it knows of the same archives is kept.
   *
   * @param sources All that will be added, or that share an archive with what will be.
   * @throws {HostError} If there is no apt.
   */
  static async open(place: AptPlace, sources: readonly SuiteSource[]): Promise<AptState> {
    const state = new AptState(place);
    const { directory, arch } = place;
    const remembered = sources.map(({ source }) => source.uri).join("\n");
    if (await Deno.readTextFile(`${directory}/uris`).catch(() => "") !== remembered) {
      await removeTree(`${directory}/lists`); // those of another mirror would stay for ever
    }
    await removeTree(`${directory}/sources`);
    for (const folder of ["lists/partial", "cache/archives/partial", "sources"]) {
      await Deno.mkdir(`${directory}/${folder}`, { recursive: true });
    }
    await Deno.writeTextFile(`${directory}/uris`, remembered);
    await Deno.writeTextFile(`${directory}/status`, "");
    await Deno.writeTextFile(`${directory}/apt.conf`, aptConfiguration(directory, arch));
    return state;
  }

  /** Adds a source; what is known of it from before counts from now on. */
  async add({ name, source, suite }: SuiteSource): Promise<void> {
    await Deno.writeTextFile(this.#sourceFile(name), sourceStanza(source, suite, this.#place.arch));
  }

  /** Forgets what is known of a source, which is then read as if for the first time. */
  async forget({ suite }: SuiteSource): Promise<void> {
    const lists = `${this.#place.directory}/lists`;
    for await (const { name } of Deno.readDir(lists)) {
      if (name.includes(`_dists_${suite}_`)) await Deno.remove(`${lists}/${name}`);
    }
  }

  /**
   * Fetches what is new in one of the sources.
   *
   * @param task What fails if this fails.
   * @param again Whether caches on the way are to be passed by.
   * @param onFraction Told how much has come, from 0 to 1.
   * @throws {KernelProblem} If it cannot be fetched or is not properly signed.
   */
  async update(
    name: string,
    task: string,
    again: boolean,
    onFraction: (fraction: number) => void,
  ): Promise<void> {
    const output = await this.#run(this.#get, [
      "update",
      "-q",
      ...["-o", `Dir::Etc::sourcelist=${this.#sourceFile(name)}`],
      ...["-o", "Dir::Etc::sourceparts=/dev/null"],
      ...["-o", "APT::Status-Fd=1"],
      ...["http", "https"].flatMap((way) => ["-o", `Acquire::${way}::No-Cache=${again}`]),
    ], { onLine: (line) => tellFraction(line, onFraction) });
    if (fetchFailed(output)) throw aptProblem(task, output);
  }

  /**
   * A package, in its newest version unless one is named; `null` if no source has it.
   *
   * @throws {KernelProblem} If apt cannot read its lists.
   */
  async find(name: string, version?: string): Promise<AptPackage | null> {
    const wanted = version === undefined ? name : `${name}=${version}`;
    const output = await this.#run(this.#cache, ["show", "--no-all-versions", wanted]);
    if (!output.success && /No packages found|was not found/.test(output.stderr)) return null;
    if (!output.success) throw aptProblem(LOOKING, output);
    const field = (key: string): string =>
      new RegExp(`^${key}: (.*)$`, "m").exec(output.stdout)?.[1] ?? "";
    return {
      name,
      version: field("Version"),
      size: Number(field("Size")),
      depends: field("Depends"),
    };
  }

  /** Names of packages that begin like this. @throws {KernelProblem} If apt cannot read its lists. */
  async names(prefix: string): Promise<string[]> {
    return (await this.#ask(["pkgnames", prefix])).split("\n");
  }

  /**
   * All versions of packages; none of a name that no source has.
   *
   * @throws {KernelProblem} If apt cannot read its lists.
   */
  async versions(names: readonly string[]): Promise<ListedVersion[]> {
    if (names.length === 0) return [];
    // "linux-image-6.12.107+deb13-cloud-arm64 | 6.12.107-1 | http://… trixie/main arm64 Packages"
    return (await this.#ask(["madison", ...names])).split("\n").flatMap((line) => {
      const [name = "", version = "", origin = ""] = line.split("|").map((part) => part.trim());
      const suite = origin.split(" ").at(-3)?.replace(/\/main$/, "");
      return suite === undefined || !origin.endsWith(" Packages") ? [] : [{ name, version, suite }];
    });
  }

  /**
   * Fetches a package's file into an empty folder and checks it.
   *
   * @param task What fails if this fails.
   * @param onFraction Told how much has come, from 0 to 1.
   * @returns Its path.
   * @throws {KernelProblem} If it cannot be fetched or differs from its checksum.
   */
  async download(
    { name, version }: AptPackage,
    folder: string,
    task: string,
    onFraction: (fraction: number) => void,
  ): Promise<string> {
    const output = await this.#run(
      this.#get,
      ["download", "-q", "-o", "APT::Status-Fd=1", `${name}=${version}`],
      { cwd: folder, onLine: (line) => tellFraction(line, onFraction) },
    );
    if (fetchFailed(output)) throw aptProblem(task, output);
    for await (const entry of Deno.readDir(folder)) {
      if (entry.name.endsWith(".deb")) return `${folder}/${entry.name}`;
    }
    throw new KernelProblem(task, "apt-get download left no file", "try again", "offer");
  }

  async #ask(args: readonly string[]): Promise<string> {
    const output = await this.#run(this.#cache, args);
    if (!output.success) throw aptProblem(LOOKING, output);
    return output.stdout;
  }

  #sourceFile(name: string): string {
    return `${this.#place.directory}/sources/${name}.sources`;
  }

  #run(
    program: string,
    args: readonly string[],
    options: { cwd?: string; onLine?: (line: string) => void } = {},
  ): Promise<ProgramOutput> {
    const config = `--config-file=${this.#place.directory}/apt.conf`;
    const hurry = this.#place.hurried ? HURRY.map((setting) => `--option=${setting}`) : [];
    return runProgram(program, [config, ...hurry, ...args], {
      ...options,
      signal: this.#place.signal,
    });
  }
}

/** apt's progress lines: `dlstatus:FILE:PERCENT:TEXT` (README.progress-reporting of apt). */
function tellFraction(line: string, onFraction: (fraction: number) => void): void {
  const percent = /^dlstatus:[^:]*:([\d.]+):/.exec(line)?.[1];
  if (percent !== undefined) onFraction(Math.min(1, Number(percent) / 100));
}

/** Removes a folder with all that is in it, if it is there. */
export async function removeTree(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
}
