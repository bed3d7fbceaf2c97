/**
 * Warnings about the CPUs the lab may use and about what else runs on them.
 *
 * @module
 */
import { formatCpuList } from "../../text/cpu_list.ts";
import type { Load } from "../../environment/environment.ts";
import { THRESHOLDS } from "../warning_catalogue.ts";
import { kindOf } from "../../experiments/experiments.ts";
import { resultsIn } from "../../experiments/run/results_in.ts";
import type { CostResult } from "../../experiments/run/run_schema.ts";
import { counted, membersOf, type Rule, type WarningContext } from "./context.ts";

function oneCpu({ environment: { cpus } }: WarningContext): string[] {
  return cpus.allowedCount > 1 ? [] : [`Only CPU ${cpus.allowed} can be used`];
}

function loadBefore({ environment: { cpus, load } }: WarningContext): string[] {
  return loadFinding(load.before, 0, cpus.onlineCount, "before");
}

/** The lab's own threads are part of the average after a run, but never more than all of them. */
function loadAfter({ environment: { cpus, load }, results }: WarningContext): string[] {
  const own = results.filter((one) => kindOf(one).hasRun(one))
    .reduce((most, one) => Math.max(most, kindOf(one).threads(one)), 1);
  return loadFinding(load.after, own, cpus.onlineCount, "after");
}

function loadFinding(
  load: Load | null,
  own: number,
  online: number,
  when: "before" | "after",
): string[] {
  if (load === null) return [];
  const perCpu = Math.max(0, load.one - own) / online;
  if (perCpu <= THRESHOLDS.loadPerCpu) return [];
  const others = own === 0 ? "" : `, at most ${own} of it the lab's own threads`;
  return [
    `The load average was ${load.one} on ${counted(online, "CPU")} ${when} the run${others}`,
  ];
}

function narrowAffinity({ environment: { cpus, cgroup } }: WarningContext): string[] {
  if (cpus.allowedCount >= cpus.onlineCount) return [];
  const cpuset = cgroup.cpuset === null || cgroup.cpuset === cpus.online
    ? ""
    : ` (cpuset of the control group: ${cgroup.cpuset})`;
  return [
    `Only CPUs ${cpus.allowed} of ${cpus.online} may be used${cpuset}`,
  ];
}

function cpuQuota(
  { environment: { cpus, cgroup: { cpuQuota: quota } } }: WarningContext,
): string[] {
  if (quota === null || quota.cpus >= cpus.allowedCount) return [];
  return [
    `A control group grants ${quota.quotaUs} us in each ${quota.periodUs} us, ` +
    `${quota.cpus.toFixed(2)} of ${counted(cpus.allowedCount, "CPU")}`,
  ];
}

function smtUnaware({ environment: { smt, topology }, results }: WarningContext): string[] {
  if (smt.active !== true) return [];
  if (topology.sharedCores.length === 0) {
    return ["SMT is active, but the kernel does not say which CPUs share a core"];
  }
  const crowded = resultsIn({ results }, "cost").filter((row) =>
    sharesCore(row, topology.sharedCores)
  );
  const shapes = new Set(crowded.map(describeCpus));
  return [...shapes].map((shape) => `Threads shared cores that were to have their own: ${shape}`);
}

function sharesCore(row: CostResult, cores: readonly string[]): boolean {
  if (row.placement === "smt") return false;
  const used = new Set([...row.callerCpus, ...row.siblingCpus]);
  return cores.some((core) => membersOf(core, used) > 1);
}

function describeCpus(row: CostResult): string {
  const [callers, siblings] = [formatCpuList(row.callerCpus), formatCpuList(row.siblingCpus)];
  return `callers on CPUs ${callers}, siblings on ${siblings}`;
}

function governor({ environment: { frequency } }: WarningContext): string[] {
  if (frequency.governor === null || frequency.governor === "performance") return [];
  return [
    `The frequency governor is ${frequency.governor} (driver ${frequency.driver ?? "unknown"})`,
  ];
}

function isolatedCpus({ environment: { cpus } }: WarningContext): string[] {
  return (cpus.isolated ?? "") === "" ? [] : [`CPUs ${cpus.isolated} are isolated (isolcpus)`];
}

/** GLOBAL alone missing from QUERY's answer is nohz_full's doing, whatever sysfs shows. */
function nohzFull(
  { environment: { cpus }, capabilities: { membarrier } }: WarningContext,
): string[] {
  if ((cpus.nohzFull ?? "") !== "") return [`CPUs ${cpus.nohzFull} run without ticks (nohz_full)`];
  const globalGone = membarrier.state === "native" && membarrier.mask !== 0 &&
    (membarrier.mask & 1) === 0;
  return globalGone ? ["membarrier does not offer GLOBAL, as under nohz_full"] : [];
}

function cpusChanged({ environment: { cpus: { changes } } }: WarningContext): string[] {
  return changes.map(({ which, before, after, step }) => {
    const whose = which === "online" ? "online" : "that may be used";
    return `The CPUs ${whose} went from ${before || "none"} to ${after || "none"} during '${step}'`;
  });
}

/** Rules of this theme by code. */
export const CPU_RULES = {
  W001: oneCpu,
  W002: loadBefore,
  W003: loadAfter,
  W004: narrowAffinity,
  W005: cpuQuota,
  W006: smtUnaware,
  W007: governor,
  W008: isolatedCpus,
  W009: nohzFull,
  W049: cpusChanged,
} satisfies Record<string, Rule>;
