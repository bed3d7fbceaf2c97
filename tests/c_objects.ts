/** Compiles C files with sanitizers, each once for all tests of a file, on all CPUs. */

import { assertEquals } from "@std/assert";
import { cpus } from "./needs.ts";

const root = new URL("../", import.meta.url).pathname;

const FLAGS = [
  ...["-std=c11", "-D_GNU_SOURCE", '-DFENCELAB_VERSION="test"', '-DFENCELAB_BUILD="test"'],
  ...["-Wall", "-Wextra", "-Werror", "-g", "-O1", "-pthread", `-I${root}ffi/core`],
  "-fno-sanitize-recover=all", // a sanitizer's first finding ends the program
];

async function gcc(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("gcc", { args: [...FLAGS, ...args] }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
}

/** Objects of one set of flags. */
export class CObjects implements Disposable {
  readonly #flags: readonly string[];
  readonly #directory = Deno.makeTempDirSync({ prefix: "fencelab-objects-" });
  readonly #objects = new Map<string, string>();

  /** @param flags Besides those that all have, such as "-fsanitize=address". */
  constructor(flags: readonly string[]) {
    this.#flags = flags;
  }

  /** Makes a program of sources, those that are new compiled first. */
  async link(output: string, sources: readonly string[]): Promise<void> {
    const waiting = sources.filter((source) => !this.#objects.has(source));
    const compileSome = async (): Promise<void> => {
      for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
        const object = `${this.#directory}/${this.#objects.size}.o`;
        this.#objects.set(source, object);
        await gcc([...this.#flags, "-c", "-o", object, source]);
      }
    };
    await Promise.all(Array.from({ length: cpus }, compileSome));
    const objects = sources.map((source) => this.#objects.get(source)!);
    await gcc([...this.#flags, "-o", output, ...objects, "-lm"]);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#directory, { recursive: true });
  }
}
