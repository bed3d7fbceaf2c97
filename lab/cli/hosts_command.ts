/** `lab hosts`: what plans can run on; `lab hosts prepare`: kernels ahead of time. */

import { defined } from "../format/defined.ts";
import { cacheDirectory } from "../places/cache_directory.ts";
import { GUEST_NAMES, isGuestName, parseGuestName } from "../hosts/guest/guest_name.ts";
import { type KeptPlace, keptPlaces } from "../hosts/guest/kernels/kept_kernels.ts";
import { type GuestPreparation, prepareGuests } from "../hosts/guest/prepare.ts";
import type { LabHost } from "../hosts/host.ts";
import { HostError } from "../format/host_error.ts";
import { hostsJsonSchema } from "../hosts/machine/hosts_file.ts";
import { knownHosts } from "../hosts/registry.ts";
import { printable } from "../text/printable.ts";
import { renderTable } from "../document/table.ts";
import { hostContext } from "./hosts_of.ts";
import { ExitCode } from "./outcome.ts";
import type { CommandLine } from "./parse.ts";
import { print, progressLine, renderOptions, say } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Runs the command. @returns The exit code. */
export async function hostsCommand(line: CommandLine, signal: AbortSignal): Promise<number> {
  const [action, ...names] = line.positionals;
  if (action === "prepare") return await prepare(line, names, signal);
  if (action !== undefined && (action !== "schema" || names.length > 0)) {
    throw new UsageError(
      `Unexpected argument '${
        names[0] ?? action
      }'. Remedy: 'lab hosts', 'lab hosts prepare NAME…' ` +
        "or 'lab hosts schema'",
    );
  }
  if (action === "schema") print(`${JSON.stringify(hostsJsonSchema(), null, 2)}\n`);
  else await listHosts(line);
  return ExitCode.done;
}

async function listHosts(line: CommandLine): Promise<void> {
  const hosts = knownHosts(await hostContext(line, Deno.ppid));
  const cache = cacheDirectory();
  const kept = cache === null ? [] : await keptPlaces(`${cache}/kernels`);
  if (line.has("json")) {
    const rows = hosts.map(({ name, via, description, labels }) => ({
      name,
      via,
      description,
      labels,
      ...(name in GUEST_NAMES ? { cached: keptFor(name, kept) } : {}),
    }));
    print(`${JSON.stringify(rows)}\n`);
    return;
  }
  const columns = [
    { title: "host", text: (host: LabHost): string => host.name },
    { title: "via", text: (host: LabHost): string => host.via },
    { title: "what it is", text: (host: LabHost): string => host.description },
    {
      title: "labels",
      text: ({ labels }: LabHost): string =>
        Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(" "),
    },
  ];
  print(`${renderTable(columns, hosts, renderOptions())}\n`);
  print(
    "  Emulated hosts take a kernel and options: qemu-arm64@6.1, qemu-arm64@6.12-rt, " +
      "qemu-ppc64le@6.12-64k,\n  qemu-arm64@6.12.107 (that version and no other), " +
      "qemu-x86_64@/path/to/vmlinuz,\n  'qemu-arm64?cpus=4&memory=1024'\n",
  );
  const rows = Object.keys(GUEST_NAMES).flatMap((name) => keptFor(name, kept));
  if (rows.length === 0) return;
  print(`\nKernels that are kept:\n${renderTable(KEPT_COLUMNS, rows, renderOptions())}\n`);
  for (const { host, problem } of rows) {
    if (problem !== null) print(`  ${host}: ${printable(problem)}\n`);
  }
}

/** A kernel that is kept, as `--json` has it. */
interface KeptRow extends Omit<KeptPlace, "arch" | "kernel"> {
  /** The host that uses it. */
  readonly host: string;
}

const KEPT_COLUMNS = [
  { title: "host", text: ({ host }: KeptRow): string => host },
  { title: "package", text: (row: KeptRow): string => row.package ?? "unknown" },
  { title: "last look", text: ({ asked }: KeptRow): string => ageOf(asked) },
  {
    title: "MB",
    text: ({ bytes }: KeptRow): string => (bytes / 1e6).toFixed(1),
    right: true,
  },
];

function keptFor(host: string, kept: readonly KeptPlace[]): KeptRow[] {
  return kept.filter(({ arch }) => arch === GUEST_NAMES[host])
    .map(({ arch: _, kernel, ...rest }) => ({ host: `${host}@${kernel}`, ...rest }));
}

function ageOf(time: string | null): string {
  if (time === null) return "unknown";
  const hours = (Date.now() - Date.parse(time)) / 3_600_000;
  return hours < 48
    ? `${Math.max(0, Math.floor(hours))} h ago`
    : `${Math.floor(hours / 24)} days ago`;
}

async function prepare(
  line: CommandLine,
  names: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  if (names.length === 0) {
    throw new UsageError(
      "Missing argument NAME. Remedy: for example 'lab hosts prepare qemu-arm64'",
    );
  }
  const specs = names.map((name) => {
    if (isGuestName(name)) return parseGuestName(name);
    throw new UsageError(
      `Cannot prepare host '${name}': only emulated hosts (qemu-…) have kernels to fetch`,
    );
  });
  const cache = cacheDirectory();
  if (cache === null) {
    throw new HostError(
      "Cannot prepare hosts: neither XDG_CACHE_HOME nor HOME is set. Remedy: set one",
    );
  }
  const progress = progressLine();
  let done: GuestPreparation[];
  try {
    done = await prepareGuests(specs, {
      cache: `${cache}/kernels`,
      signal,
      ...defined({ mirror: line.value("mirror") }),
      onProgress: (name, fraction, label) => progress.update(fraction, `${name}: ${label}`),
    });
  } finally {
    progress.finish();
  }
  if (line.has("json")) print(`${JSON.stringify(done.map(plain))}\n`);
  else for (const one of done) print(`${sentence(one)}\n`);
  const failed = done.filter(({ error }) => error !== null);
  for (const { error } of failed) {
    say(`Error: ${error!.message.split("\n").map(printable).join("\n")}`);
  }
  return failed.length > 0 ? ExitCode.error : ExitCode.done;
}

function plain({ error, ...rest }: GuestPreparation): unknown {
  return { ...rest, error: error?.message ?? null };
}

function sentence(one: GuestPreparation): string {
  const name = printable(one.name);
  if (one.error !== null) return `${name}: not prepared`;
  const what = one.package ?? printable(one.path ?? "");
  const how = one.bytesFetched > 0
    ? `fetched, ${(one.bytesFetched / 1e6).toFixed(1)} MB`
    : "was there";
  const doubt = one.problem === null ? "" : `; may not be the newest: ${printable(one.problem)}`;
  return `${name}: ${what} (${how})${doubt}`;
}
