/**
 * Doctor's checks of the build and of installed programs.
 *
 * @module
 */
import type { Architecture } from "../../ffi/toolchain.ts";
import { normaliseArch } from "../environment/arch.ts";
import { type Check, type Examined, fine } from "./check.ts";
import type { Tools } from "./tools.ts";

const C_COMPILERS = ["gcc", "cc", "clang"] as const;

const INSTALL_COMPILER = "apt-get install gcc libc6-dev";

/** The build of the core, compilers, emulators and other programs. */
export function toolChecks(examined: Examined): Check[] {
  const { facts, tools } = examined;
  const native = facts === null ? null : normaliseArch(facts.uname.machine);
  return [
    coreCheck(examined),
    compilerCheck(tools),
    ...CROSS_COMPILERS.filter(({ arch }) => arch !== native).map((cross) =>
      crossCheck(cross, tools)
    ),
    ...EMULATORS.map((emulator) => emulatorCheck(emulator, tools)),
    sshCheck(tools),
    traceProcessorCheck(tools),
  ];
}

function coreCheck({ build, tools }: Examined): Check {
  const id = "core";
  const title = "C core";
  const { path, reason } = build;
  const compiler = compilerOf(tools) !== null;
  const remedy = compiler ? BUILD : INSTALL;
  switch (build.state) {
    case "fresh":
      return fine(id, title, path ?? "built");
    case "stale":
      return { id, title, state: "limited", detail: "older than its sources", reason, remedy };
    case "missing": {
      const state = compiler ? "limited" : "missing";
      return { id, title, state, detail: "not built yet", reason, remedy };
    }
    case "failed":
      return { id, title, state: "missing", detail: "does not work", reason, remedy };
  }
}

const BUILD = "deno task build";
const INSTALL = `${INSTALL_COMPILER}, then ${BUILD}`;

function compilerOf(tools: Tools): string | null {
  for (const name of C_COMPILERS) {
    const path = tools[name] ?? null;
    if (path !== null) return path;
  }
  return null;
}

function compilerCheck(tools: Tools): Check {
  return presence({
    id: "c-compiler",
    title: "C compiler",
    path: compilerOf(tools),
    absent: "missing",
    reason: `None of ${C_COMPILERS.join(", ")} is in PATH; the core cannot be built`,
    remedy: INSTALL_COMPILER,
  });
}

type CrossCompiler = { arch: Architecture; program: string; packages: string };

/** Each is needed on machines of the other architectures only. */
const CROSS_COMPILERS: readonly CrossCompiler[] = [
  {
    arch: "aarch64",
    program: "aarch64-linux-gnu-gcc",
    packages: "gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
  },
  {
    arch: "ppc64le",
    program: "powerpc64le-linux-gnu-gcc",
    packages: "gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross",
  },
];

function crossCheck({ arch, program, packages }: CrossCompiler, tools: Tools): Check {
  return presence({
    id: `cross-${arch}`,
    title: `Cross compiler for ${arch}`,
    path: tools[program] ?? null,
    absent: "missing",
    reason: `${program} is not in PATH; the agent for ${arch} hosts cannot be built`,
    remedy: `apt-get install ${packages}`,
  });
}

type Emulator = { arch: Architecture; program: string; package: string };

const EMULATORS: readonly Emulator[] = [
  { arch: "x86_64", program: "qemu-system-x86_64", package: "qemu-system-x86" },
  { arch: "aarch64", program: "qemu-system-aarch64", package: "qemu-system-arm" },
  { arch: "ppc64le", program: "qemu-system-ppc64", package: "qemu-system-ppc" },
];

function emulatorCheck(emulator: Emulator, tools: Tools): Check {
  const { arch, program } = emulator;
  return presence({
    id: `qemu-${arch}`,
    title: `QEMU for ${arch} guests`,
    path: tools[program] ?? null,
    absent: "missing",
    reason: `${program} is not in PATH; guests of ${arch} cannot be started`,
    remedy: `apt-get install ${emulator.package}`,
  });
}

function sshCheck(tools: Tools): Check {
  return presence({
    id: "ssh",
    title: "ssh",
    path: tools["ssh"] ?? null,
    absent: "missing",
    reason: "ssh is not in PATH; remote hosts cannot be reached by it",
    remedy: "apt-get install openssh-client",
  });
}

function traceProcessorCheck(tools: Tools): Check {
  return presence({
    id: "trace-processor",
    title: "Native trace processor",
    path: tools["trace_processor_shell"] ?? null,
    absent: "limited",
    reason: "trace_processor_shell is not in PATH; the slower WASM build is used",
    remedy: "Put trace_processor_shell of a Perfetto release into a folder of PATH (optional)",
  });
}

type Presence = {
  id: string;
  title: string;
  path: string | null;
  absent: "limited" | "missing";
  reason: string;
  remedy: string;
};

function presence({ id, title, path, absent, reason, remedy }: Presence): Check {
  return path === null
    ? { id, title, state: absent, detail: "not found", reason, remedy }
    : fine(id, title, path);
}
