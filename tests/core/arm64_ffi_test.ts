import { assert, assertEquals } from "@std/assert";

import { ensureBuild } from "../../ffi/build.ts";
import { loadLibrary } from "../../ffi/library.ts";
import { findArm64Deno } from "./arm64_deno.ts";
import { build } from "../fixtures/doors.ts";
import { hasProgram, needs } from "../fixtures/needs.ts";

const EMULATOR = "qemu-aarch64";
const COMPILER = "aarch64-linux-gnu-gcc";
const tools = { [EMULATOR]: hasProgram(EMULATOR), [COMPILER]: hasProgram(COMPILER) };
const deno = Object.values(tools).every(Boolean) ? await findArm64Deno(EMULATOR) : null;

interface Case {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  readonly pass: boolean;
  readonly skipped: boolean;
}

/**
 * Whether a case fails by the emulator's fault: QEMU 7.2 dies of an assertion when a process that
 * was forked off one with threads, such as Deno, makes a thread; and it emulates too slowly for the
 * deadline of a case where other load keeps the CPUs busy.
 */
function isEmulatorsFault({ name, actual }: Case): boolean {
  return (/thread|same address space/.test(name) && actual === "exit 127") ||
    actual === "killed by signal 9";
}

/** Emulated instructions, this machine's kernel: the binding and the protocol, no results. */
Deno.test({
  ...needs("Deno for arm64 loads the arm64 library and passes conformance's cases", {
    ...tools,
    "Deno for arm64 from npm": deno !== null,
  }),
  async fn(): Promise<void> {
    const { library, id } = await ensureBuild("aarch64");
    const cache = await Deno.makeTempDir();
    try {
      const [program, ...args] = deno!;
      const { code, stdout, stderr } = await new Deno.Command(program, {
        args: [
          ...args,
          ...["run", "--no-prompt", "--no-config", "--no-lock"],
          ...[`--allow-ffi=${library}`, `--allow-read=${library}`],
          new URL("arm64_ffi_program.ts", import.meta.url).pathname,
          library,
        ],
        env: { DENO_DIR: cache, DENO_NO_UPDATE_CHECK: "1" },
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      const { arch, hello, commands, cases, files } = JSON.parse(new TextDecoder().decode(stdout));
      assertEquals([arch, hello.arch, hello.build], ["aarch64", "aarch64", id]);
      const native = loadLibrary(build.library).symbols.fencelab_membarrier(0, 0, 0);
      assertEquals(BigInt(commands), native, "the same kernel offers the same commands");
      assert(files > 0, "the environment is read");

      const failed = (cases as Case[]).filter((one) => !one.pass && !one.skipped);
      assertEquals(failed.filter((one) => !isEmulatorsFault(one)), []);
      const passed = (cases as Case[]).filter((one) => one.pass);
      assert(passed.length > 30, `only ${passed.length} cases passed`);
    } finally {
      await Deno.remove(cache, { recursive: true });
    }
  },
});
