import type { Run } from "../experiments/run/run_schema.ts";
import type { EnvironmentDifference } from "./comparison.ts";

type Path = readonly string[];

/** Rows that most often explain a number, in the order in which they are shown. */
const FIRST: readonly [name: string, path: Path][] = [
  ["host", ["host", "name"]],
  ["architecture", ["host", "arch"]],
  ["emulated", ["host", "emulated"]],
  ["translator", ["host", "translator", "name"]],
  ["machine below", ["host", "translator", "machine"]],
  ["hypervisor", ["host", "hypervisor"]],
  ["kernel", ["host", "kernel"]],
  ["kernel build", ["environment", "kernel", "version"]],
  ["preemption", ["environment", "kernel", "preemption"]],
  ["kernel command line", ["environment", "kernel", "cmdline"]],
  ["CPU model", ["environment", "cpu", "model"]],
  ["CPU family", ["environment", "cpu", "family"]],
  ["CPU model number", ["environment", "cpu", "modelNumber"]],
  ["CPU stepping", ["environment", "cpu", "stepping"]],
  ["microcode", ["environment", "cpu", "microcode"]],
  ["CPUs", ["host", "cpus"]],
  ["page size", ["host", "pageSize"]],
  ["SMT", ["environment", "smt", "active"]],
  ["governor", ["environment", "frequency", "governor"]],
  ["frequency driver", ["environment", "frequency", "driver"]],
  ["idle driver", ["environment", "idleDriver"]],
  ["clocksource", ["environment", "clock", "clocksource"]],
  ["isolated CPUs", ["environment", "cpus", "isolated"]],
  ["nohz_full", ["environment", "cpus", "nohzFull"]],
  ["CPU quota", ["environment", "cgroup", "cpuQuota"]],
  ["QEMU", ["host", "guest", "qemu"]],
  ["accelerator", ["host", "guest", "accelerator"]],
  ["guest machine", ["host", "guest", "machine"]],
  ["guest CPU model", ["host", "guest", "cpuModel"]],
  ["kernel package", ["host", "guest", "kernelPackage"]],
  ["transport", ["host", "transport"]],
  ["fencelab", ["fencelab", "version"]],
  ["fencelab build", ["fencelab", "build"]],
];

/** What differs between any two runs without meaning anything, or is told by another row. */
const IGNORED = new Set([
  "environment.load",
  "environment.clock.readNs",
  "environment.clock.stepNs",
  "environment.clock.availableClocksources",
  "environment.cgroup.path",
  "environment.arch",
  "environment.emulated",
  "environment.hypervisor",
  "environment.translation",
  "environment.kernel.release",
  "environment.memory.pageSize",
  "environment.memory.totalBytes",
]);

/** Load averages closer than this are the same. */
const SAME_LOAD = 0.5;

/** Readings of the clock are the same below this factor. */
const SAME_READING = 1.25;

/**
 * Rows of host and environment that are not the same on both sides, those first that most often
 * explain a number. A side of several runs has the set of their values.
 */
export function environmentDifferences(
  left: readonly Run[],
  right: readonly Run[],
): EnvironmentDifference[] {
  const differences: EnvironmentDifference[] = [];
  const add = (name: string, path: Path): void => {
    const sides = [left, right].map((runs) => valuesOf(runs, path));
    const [from, to] = [sides[0]!, sides[1]!];
    if (from.join("\n") !== to.join("\n")) differences.push({ name, left: from, right: to });
  };
  for (const [name, path] of FIRST) add(name, path);
  for (const path of otherPaths([...left, ...right])) add(nameOf(path), path);
  return [...differences, ...loadDifference(left, right), ...readingDifference(left, right)];
}

function valuesOf(runs: readonly Run[], path: Path): string[] {
  return [...new Set(runs.map((run) => textOf(valueAt(run, path))))].sort();
}

function valueAt(run: Run, path: Path): unknown {
  let value: unknown = run;
  for (const key of path) {
    // What is not there has no parts: a host that is no guest has no QEMU
    if (value === null) return null;
    if (typeof value !== "object") return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function textOf(value: unknown): string {
  if (value === undefined) return "unknown";
  if (value === null || value === "") return "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Paths of all other single values, sorted; lists count as one. */
function otherPaths(runs: readonly Run[]): Path[] {
  const known = new Set(FIRST.map(([, path]) => path.join(".")));
  const found = new Map<string, Path>();
  const walk = (value: unknown, path: Path): void => {
    const name = path.join(".");
    if (IGNORED.has(name) || known.has(name)) return;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
    } else found.set(name, path);
  };
  for (const run of runs) walk(run.environment, ["environment"]);
  const names = [...found.keys()];
  const rank = (path: Path): number => path[1] === "mitigations" ? 0 : 1;
  // Where only some runs have the parts of something, the parts alone are told
  const whole = [...found].filter(([name]) => !names.some((one) => one.startsWith(`${name}.`)));
  return whole.map(([, path]) => path).sort((a, b) =>
    rank(a) - rank(b) || (a.join(".") < b.join(".") ? -1 : 1)
  );
}

function nameOf(path: Path): string {
  const rest = path.slice(1);
  return rest[0] === "mitigations" ? `mitigation ${rest.slice(1).join(".")}` : rest.join(".");
}

/** The greatest load average after a run, if the sides differ in it. */
function loadDifference(left: readonly Run[], right: readonly Run[]): EnvironmentDifference[] {
  const [from, to] = [left, right].map((runs) => greatest(runs, ["load", "after", "one"]));
  if (from === null || to === null || from === undefined || to === undefined) return [];
  if (Math.abs(from - to) < SAME_LOAD) return [];
  return [{ name: "load after, at most", left: [String(from)], right: [String(to)] }];
}

/** What reading the clock costs, which is subtracted from every sample. */
function readingDifference(left: readonly Run[], right: readonly Run[]): EnvironmentDifference[] {
  const [from, to] = [left, right].map((runs) => greatest(runs, ["clock", "readNs"]));
  if (!from || !to || Math.max(from / to, to / from) < SAME_READING) return [];
  const text = (ns: number): string[] => [`${ns.toFixed(1)} ns`];
  return [{ name: "one reading of the clock, at most", left: text(from), right: text(to) }];
}

function greatest(runs: readonly Run[], path: Path): number | null {
  const values = runs.map((run) => valueAt(run, ["environment", ...path]))
    .filter((value) => typeof value === "number");
  return values.length === 0 ? null : Math.max(...values);
}
