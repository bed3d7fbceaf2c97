/**
 * How the CPUs of a host relate: hardware threads of one core, cores under one cache, one memory
 * node, or none of these.
 *
 * @module
 */
import { formatCpuList, tryCpuList } from "../text/cpu_list.ts";
import { fileNumber, fileText, type HostFacts } from "./facts.ts";

/** How far two CPUs are apart, nearest first. */
export const PLACEMENTS = ["smt", "same-cache", "same-node", "other-node"] as const;

/** One of {@linkcode PLACEMENTS}. */
export type Placement = typeof PLACEMENTS[number];

/** One online CPU. Groups are named by the CPU list of their members, in the kernel's notation. */
export type CpuPlace = {
  cpu: number;
  /** Hardware threads of the same core, this CPU included. */
  core: string;
  /** CPUs that share the last-level cache, this CPU included. */
  cache: string;
  /** CPUs of the same memory node, this CPU included. */
  node: string;
  /** CPUs of the same package (socket), this CPU included. */
  package: string;
};

/** The online CPUs of a host, ascending by number. */
export type Topology = readonly CpuPlace[];

/**
 * The topology of the online CPUs.
 *
 * Where the kernel does not say: a CPU is a core of its own, all CPUs form one package and one
 * node, and a package shares its last-level cache. Guests often show no more than that.
 */
export function topologyOf(facts: HostFacts): Topology {
  const online = new Set([...facts.online].sort((a, b) => a - b));
  const nodes = nodeLists(facts, online);
  const packages = packageLists(facts, online);
  const noNode = formatCpuList([...online].filter((cpu) => !nodes.has(cpu)));
  return [...online].map((cpu) => ({
    cpu,
    core: threadList(facts, cpu, online),
    cache: cacheList(facts, cpu, online) ?? packages.get(cpu)!,
    node: nodes.get(cpu) ?? noNode,
    package: packages.get(cpu)!,
  }));
}

/** How far two CPUs of a topology are apart. */
export function distance(a: CpuPlace, b: CpuPlace): Placement {
  if (a.core === b.core) return "smt";
  if (a.node !== b.node) return "other-node";
  return a.cache === b.cache ? "same-cache" : "same-node";
}

/**
 * The CPUs at each distance of a CPU.
 *
 * @param topology The online CPUs.
 * @param callerCpu The CPU to measure from.
 * @returns For each placement this machine has, nearest first, its CPUs in order of preference: one
 * thread of each core first, then the others.
 */
export function placementsFor(topology: Topology, callerCpu: number): Map<Placement, number[]> {
  const caller = topology.find((place) => place.cpu === callerCpu);
  const placements = new Map<Placement, number[]>();
  if (caller === undefined) return placements;
  const others = onePerCoreFirst(topology.filter((place) => place.cpu !== callerCpu));
  for (const placement of PLACEMENTS) {
    const cpus = others.filter((place) => distance(caller, place) === placement);
    if (cpus.length > 0) placements.set(placement, cpus.map((place) => place.cpu));
  }
  return placements;
}

/** Orders CPUs so that first threads of all cores come before second threads, else as given. */
export function onePerCoreFirst(places: readonly CpuPlace[]): CpuPlace[] {
  const threads = new Map<string, number>();
  const ranked = places.map((place) => {
    const rank = threads.get(place.core) ?? 0;
    threads.set(place.core, rank + 1);
    return { place, rank };
  });
  return ranked.sort((a, b) => a.rank - b.rank).map((entry) => entry.place);
}

const CPU_FOLDER = "/sys/devices/system/cpu/cpu";
const NODE_LIST = /^\/sys\/devices\/system\/node\/node\d+\/cpulist$/;

function threadList(facts: HostFacts, cpu: number, online: ReadonlySet<number>): string {
  // core_cpus_list is the newer name (5.3); both list online threads only.
  const listed = tryCpuList(fileText(facts, `${CPU_FOLDER}${cpu}/topology/core_cpus_list`)) ??
    tryCpuList(fileText(facts, `${CPU_FOLDER}${cpu}/topology/thread_siblings_list`));
  return groupOf(cpu, listed, online) ?? `${cpu}`;
}

/** The last level a kernel reports; level 1 is never it, as a kernel that knows no more says so. */
function cacheList(facts: HostFacts, cpu: number, online: ReadonlySet<number>): string | null {
  let last: { level: number; list: string } | null = null;
  for (let index = 0; index < 16; index++) {
    const folder = `${CPU_FOLDER}${cpu}/cache/index${index}`;
    const level = fileNumber(facts, `${folder}/level`);
    if (level === null || level < 2 || level <= (last?.level ?? 0)) continue;
    const shared = tryCpuList(fileText(facts, `${folder}/shared_cpu_list`));
    const list = groupOf(cpu, shared, online);
    if (list !== null) last = { level, list };
  }
  return last?.list ?? null;
}

/** A list that lacks its own CPU is nonsense, as seen in half-configured guests. */
function groupOf(
  cpu: number,
  listed: readonly number[] | null,
  online: ReadonlySet<number>,
): string | null {
  if (listed === null || !listed.includes(cpu)) return null;
  return formatCpuList(listed.filter((other) => online.has(other)));
}

function nodeLists(facts: HostFacts, online: ReadonlySet<number>): Map<number, string> {
  const lists = new Map<number, string>();
  for (const path of Object.keys(facts.files)) {
    if (!NODE_LIST.test(path)) continue;
    const cpus = (tryCpuList(facts.files[path]) ?? []).filter((cpu) => online.has(cpu));
    for (const cpu of cpus) lists.set(cpu, formatCpuList(cpus));
  }
  return lists;
}

/** Package numbers may be missing, or -1 where firmware does not tell: those form one package. */
function packageLists(facts: HostFacts, online: ReadonlySet<number>): Map<number, string> {
  const members = new Map<number, number[]>();
  for (const cpu of online) {
    const id = fileNumber(facts, `${CPU_FOLDER}${cpu}/topology/physical_package_id`) ?? -1;
    members.set(id, [...members.get(id) ?? [], cpu]);
  }
  const lists = new Map<number, string>();
  for (const cpus of members.values()) {
    for (const cpu of cpus) lists.set(cpu, formatCpuList(cpus));
  }
  return lists;
}
