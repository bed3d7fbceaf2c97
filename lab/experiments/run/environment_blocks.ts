/** What people read of a host and of what of its environment most often explains a number. */

import {
  type Block,
  labelled,
  only,
  PAGE,
  tableOf,
  TERMINAL,
  type Voice,
} from "../../document/blocks.ts";
import { formatCount, formatNs } from "../../text/units.ts";
import { translatedWords } from "./words.ts";
import { clip, type HostView } from "./host_view.ts";
import type { Run } from "./run_schema.ts";

/** Of the lines in a terminal, also where the longest label is not there. */
const LABEL_WIDTH = "package".length;

/** On pages a row of its own, in a terminal a part of a line. */
interface Fact {
  readonly title: string;
  readonly value: string | null;
  /** The terminal's line; left out where only pages have room. */
  readonly line?: "host" | "package" | "CPU" | "kernel" | "clock" | "load";
  /** What stands before the value in that line. */
  readonly label?: string;
  readonly only?: readonly Voice[];
}

/**
 * A table for pages, a few lines for terminals.
 *
 * `environment` may come from another version or another tool, so every part may be missing.
 */
export function environmentBlocks(view: HostView): Block[] {
  const known = factsOf(view).filter(({ value }) => value !== null);
  const rows = known.filter(({ only }) => only !== TERMINAL);
  const lines = Map.groupBy(known.filter(({ only }) => only !== PAGE), ({ line }) => line!);
  return [
    only(
      PAGE,
      tableOf(`Environment of ${view.label}`, rows, [
        { title: "fact", cell: ({ title }) => title },
        { title: "value", cell: ({ value }) => clip(value!, 400) },
      ]),
    ),
    labelled(
      [...lines].map(([line, facts]) => [
        line,
        facts.map(({ label, value }) => label ? `${label} ${value}` : value).join(", "),
      ]),
      LABEL_WIDTH,
    ),
  ];
}

function factsOf({ run: { host, environment } }: HostView): Fact[] {
  const { guest, via } = host;
  const virtual = host.hypervisor ?? "no hypervisor seen";
  const kind = host.emulated ? "emulated" : virtual;
  const at = (...path: string[]): string | null => valueAt(environment, path);
  const time = (key: string): string | null => {
    const value = at("clock", key);
    return value !== null && Number(value) >= 0 ? formatNs(Number(value)) : null;
  };
  const qemu = guest &&
    `${guest.qemu}, ${guest.accelerator}, ${guest.machine}, CPU ${guest.cpuModel}`;
  const unnamed = guest ? "given by path" : null;
  return [
    {
      title: "name",
      value: via === "local" ? host.name : `${host.name} by ${via}`,
      line: "host",
      only: TERMINAL,
    },
    { title: "architecture", value: host.arch, line: "host" },
    { title: "kernel", value: host.kernel, line: "host", label: "Linux" },
    { title: "CPUs", value: formatCount(host.cpus, "CPU"), line: "host", only: TERMINAL },
    {
      title: "reached",
      value: via === "local" ? "this machine" : `by ${via}, ${host.transport}`,
      only: PAGE,
    },
    { title: "page size", value: `${host.pageSize / 1024} KiB pages`, line: "host" },
    {
      title: "virtualisation",
      value: host.translator ? `${translatedWords(host.translator)}, ${virtual}` : kind,
      line: "host",
    },
    { title: "QEMU", value: qemu ?? null, only: PAGE },
    { title: "guest's kernel package", value: guest?.kernelPackage ?? null, line: "package" },
    { title: "guest's kernel", value: guest?.kernelPackage ? null : unnamed, only: PAGE },
    {
      title: "may not be the newest",
      value: guest?.kernelProblem ?? null,
      line: "package",
      label: "may not be the newest:",
    },
    {
      title: host.translator ? "processor below" : "processor",
      value: at("cpu", "model"),
      line: "CPU",
      ...host.translator ? { label: "below:" } : {},
    },
    { title: "CPUs online", value: at("cpus", "online"), only: PAGE },
    { title: "CPUs allowed", value: at("cpus", "allowed"), line: "CPU", label: "allowed CPUs" },
    {
      title: "threads per core",
      value: at("topology", "threadsPerCore"),
      line: "CPU",
      label: "threads per core",
    },
    {
      title: "frequency governor",
      value: at("frequency", "governor"),
      line: "CPU",
      label: "governor",
    },
    { title: "CPUs isolated", value: at("cpus", "isolated"), line: "CPU", label: "isolated" },
    { title: "nohz_full", value: at("cpus", "nohzFull"), line: "CPU", label: "nohz_full" },
    { title: "NUMA nodes", value: at("topology", "nodes"), only: PAGE },
    { title: "kernel version", value: at("kernel", "version"), only: PAGE },
    { title: "preemption", value: at("kernel", "preemption"), line: "kernel" },
    { title: "command line", value: at("kernel", "cmdline"), only: PAGE },
    { title: "lockdown", value: at("kernel", "lockdown"), line: "kernel", label: "lockdown" },
    {
      title: "CPU quota",
      value: at("cgroup", "cpuQuota", "cpus"),
      line: "kernel",
      label: "CPU quota",
    },
    {
      title: "transparent huge pages",
      value: at("memory", "transparentHugepages"),
      only: PAGE,
    },
    { title: "clock source", value: at("clock", "clocksource"), line: "clock" },
    { title: "one reading of the clock", value: time("readNs"), line: "clock", label: "one read" },
    { title: "step of the clock", value: time("stepNs"), line: "clock", label: "step" },
    {
      title: "load before (1 min)",
      value: at("load", "before", "one"),
      line: "load",
      label: "before",
    },
    {
      title: "load after (1 min)",
      value: at("load", "after", "one"),
      line: "load",
      label: "after",
    },
  ];
}

function valueAt(environment: Run["environment"], path: readonly string[]): string | null {
  let value: unknown = environment;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === "number" || (typeof value === "string" && value !== "")
    ? String(value)
    : null;
}
