/**
 * The limits that control groups put on the lab's own process.
 *
 * @module
 */
import { fileText, type HostFacts } from "./facts.ts";
import { tryCpuList } from "../text/cpu_list.ts";

/** Limits of the control groups a process is in; null where there is no limit or it is not known. */
export type CgroupLimits = {
  /** Which hierarchies are mounted; null if none is. */
  version: "v1" | "v2" | "hybrid" | null;
  /** Own path in the v2 hierarchy, or in v1's cpu controller. */
  path: string | null;
  /** CPU bandwidth: `cpus` is quota divided by period. */
  cpuQuota: { quotaUs: number; periodUs: number; cpus: number } | null;
  /** CPU list in the kernel's notation. */
  cpuset: string | null;
  memoryMaxBytes: number | null;
  pidsMax: number | null;
  /** v1 with CONFIG_RT_GROUP_SCHED only: microseconds of real-time execution in each period. */
  rtRuntimeUs: number | null;
};

/**
 * The limits that hold for the process that read the facts.
 *
 * Several files of one kind, as of own group and of a parent, count with their tightest limit.
 */
export function cgroupLimits(facts: HostFacts): CgroupLimits {
  return {
    version: mountedVersion(facts),
    path: ownPath(fileText(facts, "/proc/self/cgroup")),
    cpuQuota: tightest(
      [...readAll(facts, "cpu.max", parseCpuMax), ...quotasOfV1(facts)],
      (quota) => quota.cpus,
    ),
    cpuset: tightest(
      [
        ...readAll(facts, "cpuset.cpus.effective", readableList),
        ...readAll(facts, "cpuset.cpus", readableList),
      ],
      (list) => tryCpuList(list)?.length ?? Infinity,
    ),
    memoryMaxBytes: tightest(
      [
        ...readAll(facts, "memory.max", parseLimit),
        ...readAll(facts, "memory.limit_in_bytes", parseLimit),
      ],
      Number,
    ),
    pidsMax: tightest(readAll(facts, "pids.max", parseLimit), Number),
    rtRuntimeUs: tightest(readAll(facts, "cpu.rt_runtime_us", parseLimit), Number),
  };
}

function mountedVersion(facts: HostFacts): CgroupLimits["version"] {
  const mounts = fileText(facts, "/proc/self/mountinfo") ?? "";
  // The file system's type is the first field after the separator " - ".
  const v2 = / - cgroup2 /.test(mounts);
  const v1 = / - cgroup /.test(mounts);
  if (v1 && v2) return "hybrid";
  if (v2) return "v2";
  return v1 ? "v1" : null;
}

/** Lines are "hierarchy:controllers:path"; v2 is hierarchy 0 without controllers. */
function ownPath(text: string | null): string | null {
  let unified: string | null = null;
  for (const line of text?.split("\n") ?? []) {
    const match = /^\d+:([^:]*):(.*)$/.exec(line);
    if (match === null) continue;
    const controllers = match[1]!.split(",");
    // In a hybrid set-up the CPU controller is in v1 and v2 holds nothing but names.
    if (controllers.includes("cpu")) return match[2]!;
    if (match[1] === "") unified = match[2]!;
  }
  return unified;
}

function readAll<T>(facts: HostFacts, name: string, parse: (text: string) => T | null): T[] {
  const found: T[] = [];
  for (const path of Object.keys(facts.files)) {
    if (!path.endsWith(`/${name}`)) continue;
    const text = fileText(facts, path);
    const value = text === null ? null : parse(text);
    if (value !== null) found.push(value);
  }
  return found;
}

function tightest<T>(values: readonly T[], size: (value: T) => number): T | null {
  let least: T | null = null;
  for (const value of values) {
    if (least === null || size(value) < size(least)) least = value;
  }
  return least;
}

/** v2: "200000 100000", or "max 100000" for no limit. */
function parseCpuMax(text: string): CgroupLimits["cpuQuota"] {
  const match = /^(\d+)\s+(\d+)$/.exec(text);
  return match === null ? null : quotaOf(Number(match[1]), Number(match[2]));
}

/** v1 keeps quota (-1 for no limit) and period in two files of one folder. */
function quotasOfV1(facts: HostFacts): NonNullable<CgroupLimits["cpuQuota"]>[] {
  const quotas = [];
  for (const path of Object.keys(facts.files)) {
    if (!path.endsWith("/cpu.cfs_quota_us")) continue;
    const period = fileText(facts, path.replace(/quota_us$/, "period_us"));
    const quota = quotaOf(Number(fileText(facts, path)), Number(period ?? NaN));
    if (quota !== null) quotas.push(quota);
  }
  return quotas;
}

function quotaOf(quotaUs: number, periodUs: number): CgroupLimits["cpuQuota"] {
  if (!(quotaUs > 0) || !(periodUs > 0)) return null;
  return { quotaUs, periodUs, cpus: quotaUs / periodUs };
}

function readableList(text: string): string | null {
  return tryCpuList(text) === null ? null : text;
}

/** "max", and v1's largest page-aligned 63-bit number, are no limit; nor is a negative one. */
function parseLimit(text: string): number | null {
  if (!/^\d+$/.test(text)) return null;
  const value = Number(text);
  return value >= 2 ** 62 ? null : value;
}
