/**
 * The `environment` of a run: everything about a host that may explain its numbers.
 *
 * @module
 */
import { ARCHITECTURES } from "../../ffi/toolchain.ts";
import { HostError } from "../format/host_error.ts";
import type { Host } from "../format/host_schema.ts";
import { normaliseArch } from "./arch.ts";
import { type CgroupLimits, cgroupLimits } from "./cgroup.ts";
import { formatCpuList, tryCpuList } from "../text/cpu_list.ts";
import { type CpuInfo, parseCpuInfo } from "./cpuinfo.ts";
import { fileNumber, fileText, type HostFacts } from "./facts.ts";
import { hypervisorOf, mayBeXenPv, UNKNOWN_HYPERVISOR } from "./hypervisor.ts";
import { type Kernel, kernelOf, mitigationsOf, selectedWord } from "./kernel.ts";
import { type Privileges, privilegesOf } from "./privileges.ts";
import { type Topology, topologyOf } from "./topology.ts";
import { type Translation, translationOf } from "./translator.ts";

/** Load averages of /proc/loadavg, and how many threads were running and existed. */
export type Load = {
  one: number;
  five: number;
  fifteen: number;
  running: number;
  total: number;
};

/** CPUs that came or went while a step ran. */
export type CpuChange = {
  /** What ran meanwhile, as progress calls it. */
  step: string;
  /** CPUs that are online, or those that the lab may use. */
  which: "online" | "allowed";
  before: string;
  after: string;
};

/** Counts and groups of {@linkcode Topology}. */
export type TopologySummary = {
  packages: number;
  nodes: number;
  lastLevelCaches: number;
  cores: number;
  threadsPerCore: number;
  /** CPU lists of the cores with more than one online thread. */
  sharedCores: string[];
};

/** Plain JSON, as it stands in run.json. CPU sets are in the kernel's notation; null is unknown. */
export type Environment = {
  /** "x86_64", "aarch64", "ppc64le", else as uname says. */
  arch: string;
  /** Whether the CPU is emulated, so that times mean nothing. */
  emulated: boolean;
  hypervisor: string | null;
  /** What runs the core's instructions, if it is not the processor. */
  translation: Translation;
  /** Xen only: whether the guest is, or may be, paravirtual. */
  xenPv: boolean;
  kernel: Kernel;
  cpu: CpuInfo;
  cpus: {
    online: string;
    onlineCount: number;
    possible: string;
    possibleCount: number;
    allowed: string;
    allowedCount: number;
    offline: string | null;
    isolated: string | null;
    nohzFull: string | null;
    /** Those that came or went during the run. */
    changes: CpuChange[];
  };
  smt: { active: boolean | null; control: string | null };
  topology: TopologySummary;
  frequency: { governor: string | null; driver: string | null };
  idleDriver: string | null;
  mitigations: Record<string, string>;
  memory: {
    /** Bytes. */
    pageSize: number;
    totalBytes: number | null;
    transparentHugepages: string | null;
    /** x86, needs debugfs: pages up to which a flush is done page by page. */
    tlbSinglePageFlushCeiling: number | null;
  };
  clock: {
    /** The clock that times samples; one read and the smallest step, in nanoseconds. */
    source: string;
    readNs: number;
    stepNs: number;
    clocksource: string | null;
    availableClocksources: string[];
  };
  load: { before: Load | null; after: Load | null };
  cgroup: CgroupLimits;
  privileges: Privileges;
  scheduler: {
    /** Microseconds; runtime -1 is no throttling. */
    rtRuntimeUs: number | null;
    rtPeriodUs: number | null;
    autogroupEnabled: boolean | null;
  };
  perfEventParanoid: number | null;
  kptrRestrict: number | null;
};

/** What is known about a host before it is asked. */
export type HostKnowledge = {
  /** Whether the lab itself started the host under emulation (QEMU without KVM). */
  emulated?: boolean;
};

/**
 * The environment a run took place in. `load.after` is unknown until {@linkcode environmentAfter}.
 */
export function environmentOf(facts: HostFacts, known: HostKnowledge = {}): Environment {
  const arch = normaliseArch(facts.uname.machine);
  const translation = translationOf(facts);
  const translated = translation.state === "seen";
  const hypervisor = hypervisorName(facts, known);
  return {
    arch: arch ?? facts.uname.machine,
    emulated: translated || (known.emulated ?? hypervisor === "qemu-tcg"),
    hypervisor,
    translation,
    xenPv: hypervisor === "xen" && mayBeXenPv(facts),
    kernel: kernelOf(facts),
    cpu: parseCpuInfo(
      fileText(facts, "/proc/cpuinfo"),
      translated ? translation.machine : arch,
    ),
    cpus: cpuSets(facts),
    smt: {
      active: flagOf(facts, "/sys/devices/system/cpu/smt/active"),
      control: fileText(facts, "/sys/devices/system/cpu/smt/control"),
    },
    topology: summariseTopology(topologyOf(facts)),
    frequency: frequencyOf(facts),
    idleDriver: fileText(facts, "/sys/devices/system/cpu/cpuidle/current_driver"),
    mitigations: mitigationsOf(facts),
    memory: memoryOf(facts),
    clock: clockOf(facts),
    load: { before: loadOf(facts), after: null },
    cgroup: cgroupLimits(facts),
    privileges: privilegesOf(facts),
    scheduler: {
      rtRuntimeUs: fileNumber(facts, "/proc/sys/kernel/sched_rt_runtime_us"),
      rtPeriodUs: fileNumber(facts, "/proc/sys/kernel/sched_rt_period_us"),
      autogroupEnabled: flagOf(facts, "/proc/sys/kernel/sched_autogroup_enabled"),
    },
    perfEventParanoid: fileNumber(facts, "/proc/sys/kernel/perf_event_paranoid"),
    kptrRestrict: fileNumber(facts, "/proc/sys/kernel/kptr_restrict"),
  };
}

/**
 * An environment completed by what is known after the run.
 *
 * @param environment As taken before the run; it stays as it is.
 * @param facts Facts read after the run.
 * @param changes CPUs that came or went meanwhile.
 */
export function environmentAfter(
  environment: Environment,
  facts: HostFacts,
  changes: readonly CpuChange[] = [],
): Environment {
  return {
    ...environment,
    cpus: { ...environment.cpus, changes: [...changes] },
    load: { before: environment.load.before, after: loadOf(facts) },
  };
}

/**
 * The part of run.json's `host` that the facts tell.
 *
 * @throws {HostError} If fencelab does not know the architecture.
 */
export function hostOf(
  facts: HostFacts,
  known: HostKnowledge = {},
): Pick<Host, "arch" | "kernel" | "cpus" | "pageSize" | "hypervisor" | "translator"> {
  const { machine, nodename } = facts.uname;
  const arch = normaliseArch(machine);
  if (arch === null) {
    throw new HostError(
      `Cannot run on '${nodename}': its architecture is '${machine}', known are ` +
        `${ARCHITECTURES.join(", ")}. Remedy: name another host`,
    );
  }
  return {
    arch,
    kernel: facts.uname.release,
    cpus: facts.online.length,
    pageSize: facts.pageSize,
    hypervisor: hypervisorName(facts, known),
    translator: translatorOf(facts),
  };
}

function translatorOf(facts: HostFacts): NonNullable<Host["translator"]> | null {
  const { state, by, machine } = translationOf(facts);
  return state === "seen" ? { name: by!, machine } : null;
}

/** An emulated arm64 guest looks like any other "virt" board, but who started it knows better. */
function hypervisorName(facts: HostFacts, known: HostKnowledge): string | null {
  const { state, machine } = translationOf(facts);
  const seen = state === "seen" ? hypervisorOf(facts, machine) : hypervisorOf(facts);
  return known.emulated === true && (seen === null || seen === UNKNOWN_HYPERVISOR)
    ? "qemu-tcg"
    : seen;
}

function cpuSets(facts: HostFacts): Environment["cpus"] {
  const online = new Set(facts.online);
  // An affinity mask may name CPUs that are offline; nothing can run there.
  const allowed = facts.allowed.filter((cpu) => online.has(cpu));
  return {
    online: formatCpuList(facts.online),
    onlineCount: online.size,
    possible: formatCpuList(facts.possible),
    possibleCount: facts.possible.length,
    allowed: formatCpuList(allowed),
    allowedCount: allowed.length,
    offline: listOf(facts, "/sys/devices/system/cpu/offline"),
    isolated: listOf(facts, "/sys/devices/system/cpu/isolated"),
    nohzFull: listOf(facts, "/sys/devices/system/cpu/nohz_full"),
    changes: [],
  };
}

/** null if the file is not there, "" if it lists no CPU. */
function listOf(facts: HostFacts, path: string): string | null {
  const cpus = tryCpuList(facts.files[path]);
  return cpus === null ? null : formatCpuList(cpus);
}

function flagOf(facts: HostFacts, path: string): boolean | null {
  const value = fileNumber(facts, path);
  return value === null ? null : value !== 0;
}

function summariseTopology(topology: Topology): TopologySummary {
  const cores = new Map<string, number>();
  for (const place of topology) cores.set(place.core, (cores.get(place.core) ?? 0) + 1);
  return {
    packages: new Set(topology.map((place) => place.package)).size,
    nodes: new Set(topology.map((place) => place.node)).size,
    lastLevelCaches: new Set(topology.map((place) => place.cache)).size,
    cores: cores.size,
    threadsPerCore: Math.max(...cores.values()),
    sharedCores: [...cores].filter(([, threads]) => threads > 1).map(([core]) => core),
  };
}

/** Governors and drivers of all CPUs, each once: nearly always the same on every CPU. */
function frequencyOf(facts: HostFacts): Environment["frequency"] {
  return {
    governor: distinctOf(facts, "scaling_governor"),
    driver: distinctOf(facts, "scaling_driver"),
  };
}

function distinctOf(facts: HostFacts, name: string): string | null {
  const values = new Set<string>();
  for (const cpu of facts.online) {
    const value = fileText(facts, `/sys/devices/system/cpu/cpu${cpu}/cpufreq/${name}`);
    if (value !== null) values.add(value);
  }
  return values.size === 0 ? null : [...values].join(" + ");
}

function memoryOf(facts: HostFacts): Environment["memory"] {
  const total = /^MemTotal:\s*(\d+) kB$/m.exec(fileText(facts, "/proc/meminfo") ?? "");
  return {
    pageSize: facts.pageSize,
    totalBytes: total === null ? null : Number(total[1]) * 1024,
    transparentHugepages: selectedWord(
      fileText(facts, "/sys/kernel/mm/transparent_hugepage/enabled"),
    ),
    tlbSinglePageFlushCeiling: fileNumber(
      facts,
      "/sys/kernel/debug/x86/tlb_single_page_flush_ceiling",
    ),
  };
}

function clockOf(facts: HostFacts): Environment["clock"] {
  const folder = "/sys/devices/system/clocksource/clocksource0";
  const available = fileText(facts, `${folder}/available_clocksource`);
  return {
    ...facts.clock,
    clocksource: fileText(facts, `${folder}/current_clocksource`),
    availableClocksources: available?.split(/\s+/) ?? [],
  };
}

function loadOf(facts: HostFacts): Load | null {
  const match = /^([\d.]+) ([\d.]+) ([\d.]+) (\d+)\/(\d+) /.exec(
    `${fileText(facts, "/proc/loadavg")} `,
  );
  if (match === null) return null;
  const [, one, five, fifteen, running, total] = match.map(Number);
  return {
    one: one!,
    five: five!,
    fifteen: fifteen!,
    running: running!,
    total: total!,
  };
}
