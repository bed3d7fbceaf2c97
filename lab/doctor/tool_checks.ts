/**
 * Doctor's checks of the build and of installed programs.
 *
 * @module
 */
import { ARCHITECTURES, crossToolchain } from "../../ffi/toolchain.ts";
import { normaliseArch } from "../environment/arch.ts";
import { MACHINES } from "../hosts/guest/machine.ts";
import { type Check, type Examined, type Finding, fine } from "./check.ts";
import type { Tools } from "./tools.ts";

/** Something that one of some programs can do. */
interface Need {
  readonly id: string;
  readonly title: string;
  readonly programs: readonly string[];
  /** What cannot be done without them. */
  readonly lost: string;
  readonly remedy: string;
  /** Whether the lab does it some other way without. */
  readonly optional?: boolean;
}

const COMPILER: Need = {
  id: "c-compiler",
  title: "C compiler",
  programs: ["gcc", "cc", "clang"],
  lost: "the core cannot be built",
  remedy: "apt-get install gcc libc6-dev",
};

/** Each is needed on machines of the other architectures only. */
const CROSS_COMPILERS = (["aarch64", "ppc64le"] as const).map((arch) => {
  const { compilers, packages } = crossToolchain(arch);
  const need: Need = {
    id: `cross-${arch}`,
    title: `Cross compiler for ${arch}`,
    programs: compilers,
    lost: `the agent for ${arch} hosts cannot be built`,
    remedy: `apt-get install ${packages}`,
  };
  return { arch, need };
});

const OTHERS: readonly Need[] = [
  ...ARCHITECTURES.map((arch): Need => ({
    id: `qemu-${arch}`,
    title: `QEMU for ${arch} guests`,
    programs: [MACHINES[arch].program],
    lost: `guests of ${arch} cannot be started`,
    remedy: `apt-get install ${MACHINES[arch].package}`,
  })),
  {
    id: "ssh",
    title: "ssh",
    programs: ["ssh"],
    lost: "remote hosts cannot be reached by it",
    remedy: "apt-get install openssh-client",
  },
  {
    id: "trace-processor",
    title: "Native trace processor",
    programs: ["trace_processor_shell"],
    lost: "the slower WASM build is used",
    remedy: "Put trace_processor_shell of a Perfetto release into a folder of PATH (optional)",
    optional: true,
  },
];

/** Programs that parts of the lab use. */
export const TOOL_NAMES: readonly string[] = [
  COMPILER,
  ...CROSS_COMPILERS.map(({ need }) => need),
  ...OTHERS,
].flatMap(({ programs }) => programs);

/** The build of the core, compilers, emulators and other programs. */
export function toolChecks(examined: Examined): Check[] {
  const { surveyed, tools } = examined;
  const native = surveyed === null ? null : normaliseArch(surveyed.facts.uname.machine);
  const cross = CROSS_COMPILERS.filter(({ arch }) => arch !== native).map(({ need }) => need);
  return [
    { id: "core", title: "C core", ...coreFinding(examined) },
    ...[COMPILER, ...cross, ...OTHERS].map((need) => presence(need, tools)),
  ];
}

function coreFinding({ build: { state, path, reason }, tools }: Examined): Finding {
  if (state === "fresh") return fine(path ?? "built");
  const compiler = pathOf(COMPILER, tools) !== null;
  const remedy = `${compiler ? "" : `${COMPILER.remedy}, then `}deno task build`;
  return state === "failed"
    ? { state: "missing", detail: "does not work", reason, remedy }
    : { state: compiler ? "limited" : "missing", detail: "not built yet", reason, remedy };
}

/** The first of the programs that is there. */
function pathOf({ programs }: Need, tools: Tools): string | null {
  return programs.map((name) => tools[name] ?? null).find((path) => path !== null) ?? null;
}

function presence(need: Need, tools: Tools): Check {
  const { id, title, programs, lost, remedy, optional } = need;
  const path = pathOf(need, tools);
  if (path !== null) return { id, title, ...fine(path) };
  const names = programs.join(", ");
  const reason = `${programs.length > 1 ? `None of ${names}` : names} is ${
    programs.length > 1 ? "" : "not "
  }in PATH; ${lost}`;
  return {
    id,
    title,
    state: optional ? "limited" : "missing",
    detail: "not found",
    reason,
    remedy,
  };
}
