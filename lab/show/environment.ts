import type { Run } from "../experiments/run/run_schema.ts";
import { printable } from "../text/printable.ts";
import { type RenderOptions, wrap } from "../text/style.ts";
import { formatCount, formatNs } from "../text/units.ts";

const LABEL_WIDTH = 11;

/**
 * The host and what of its environment most often explains a number, in a few lines.
 *
 * `environment` may come from another version or another tool, so every part may be missing.
 */
export function renderEnvironment(run: Run, options: RenderOptions): string {
  const { host, environment } = run;
  const via = host.via === "local" ? "" : ` by ${host.via}`;
  const lines: [string, (string | null)[]][] = [
    ["host", [
      `${host.name}${via}`,
      host.arch,
      `Linux ${host.kernel}`,
      formatCount(host.cpus, "CPU"),
      `${host.pageSize / 1024} KiB pages`,
      host.emulated ? "emulated" : host.hypervisor ?? "no hypervisor seen",
    ]],
    ["package", [
      host.guest?.kernelPackage ?? null,
      labelled("may not be the newest:", host.guest?.kernelProblem ?? null),
    ]],
    ["CPU", [
      textAt(environment, "cpu", "model"),
      labelled("allowed CPUs", textAt(environment, "cpus", "allowed")),
      labelled("threads per core", numberAt(environment, "topology", "threadsPerCore")),
      labelled("governor", textAt(environment, "frequency", "governor")),
      labelled("isolated", textAt(environment, "cpus", "isolated")),
      labelled("nohz_full", textAt(environment, "cpus", "nohzFull")),
    ]],
    ["kernel", [
      textAt(environment, "kernel", "preemption"),
      labelled("lockdown", textAt(environment, "kernel", "lockdown")),
      labelled("CPU quota", numberAt(environment, "cgroup", "cpuQuota", "cpus")),
    ]],
    ["clock", [
      textAt(environment, "clock", "clocksource"),
      timeAt(environment, "one read", "readNs", options),
      timeAt(environment, "step", "stepNs", options),
    ]],
    ["load", [
      labelled("before", numberAt(environment, "load", "before", "one")),
      labelled("after", numberAt(environment, "load", "after", "one")),
    ]],
  ];
  return lines.flatMap(([label, parts]) => {
    const known = parts.filter((part) => part !== null);
    if (known.length === 0) return [];
    const text = wrap(printable(known.join(", ")), options.width, LABEL_WIDTH);
    return [`  ${label.padEnd(LABEL_WIDTH - 2)}${text}`];
  }).join("\n");
}

function valueAt(environment: Run["environment"], path: readonly string[]): unknown {
  let value: unknown = environment;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function textAt(environment: Run["environment"], ...path: string[]): string | null {
  const value = valueAt(environment, path);
  return typeof value === "string" && value !== "" ? value : null;
}

function numberAt(environment: Run["environment"], ...path: string[]): string | null {
  const value = valueAt(environment, path);
  return typeof value === "number" ? String(value) : null;
}

function timeAt(
  environment: Run["environment"],
  label: string,
  key: string,
  options: RenderOptions,
): string | null {
  const value = valueAt(environment, ["clock", key]);
  return typeof value === "number" && value >= 0 ? labelled(label, formatNs(value, options)) : null;
}

function labelled(label: string, value: string | null): string | null {
  return value === null ? null : `${label} ${value}`;
}
