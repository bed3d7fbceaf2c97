/** Tests of kernels that come from a small archive on this machine. */

import { assertEquals } from "@std/assert";

import { findProgram } from "../../../../ffi/find_program.ts";
import { type GuestSpec, parseGuestName } from "../guest_name.ts";
import { type KernelOptions, type PreparedKernel, prepareKernel } from "../kernel.ts";
import { DebianArchive, type KernelPackage } from "./debian_archive.ts";

const PROGRAMS = ["apt-get", "dpkg-deb", "tar", "gpg", "gpgconf"];
const MISSING = PROGRAMS.filter((name) => findProgram(name, Deno.env.get("PATH") ?? "") === null);
/** Stands for the newest kernel. */
export const META = "linux-image-cloud-arm64";
/** The kernel that the archive begins with. */
export const FIRST: KernelPackage = { release: "6.12.1-cloud-arm64", version: "6.12.1-1" };
/** A newer one. */
export const SECOND: KernelPackage = { release: "6.12.2-cloud-arm64", version: "6.12.2-1" };

/** An archive with a first kernel, and a cache. */
export interface Bench {
  readonly archive: DebianArchive;
  readonly cache: string;
  /** What progress was told. */
  readonly labels: string[];
  prepare(options?: Partial<KernelOptions>, spec?: GuestSpec): Promise<PreparedKernel>;
}

/** Defines a test that is skipped, with the reason, where the archive cannot be made. */
export function archiveTest(
  name: string,
  work: (bench: Bench) => Promise<void>,
  refusal: string | null = null,
): void {
  const ignore = MISSING.length > 0 || refusal !== null;
  const reason = ignore ? ` (skipped: ${refusal ?? `needs ${MISSING.join(", ")}`})` : "";
  Deno.test({ name: name + reason, ignore, fn: () => withBench(work) });
}

async function withBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  await using archive = await DebianArchive.open();
  await archive.publish("trixie", FIRST, META);
  const cache = await Deno.makeTempDir({ prefix: "fencelab kernels-" });
  const labels: string[] = [];
  const prepare: Bench["prepare"] = (options = {}, spec = parseGuestName("qemu-arm64")) =>
    prepareKernel(spec, {
      cache,
      mirror: archive.uri,
      keyring: archive.keyring,
      onProgress: (_fraction, label) => labels.push(label),
      ...options,
    });
  try {
    await work({ archive, cache, labels, prepare });
    // Whatever happened, nothing half done is left
    assertEquals(namesBelow(cache).filter((name) => /work|\.kernel/.test(name)), []);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

/** Paths of all that is below a folder. */
export function namesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? [name, ...namesBelow(`${folder}/${name}`).map((one) => `${name}/${one}`)] : name
  );
}

/** Sets a variable of the environment for the length of a scope. */
export class Variable implements Disposable {
  readonly #name: string;
  readonly #before: string | undefined;

  constructor(name: string, value: string) {
    this.#name = name;
    this.#before = Deno.env.get(name);
    Deno.env.set(name, value);
  }

  [Symbol.dispose](): void {
    if (this.#before === undefined) Deno.env.delete(this.#name);
    else Deno.env.set(this.#name, this.#before);
  }
}

/** A configuration that has apt look for its sources in a folder; as it would be the system's. */
export async function aptWith(
  folder: string,
  files: Record<string, string>,
  settings = "",
): Promise<Variable> {
  await Deno.mkdir(`${folder}/sources.list.d`, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  await Deno.writeTextFile(
    `${folder}/apt.conf`,
    `Dir::Etc::sourcelist "${folder}/sources.list";\n` +
      `Dir::Etc::sourceparts "${folder}/sources.list.d";\n${settings}`,
  );
  return new Variable("APT_CONFIG", `${folder}/apt.conf`);
}
