/**
 * The command line as data: what is understood, what `--help` says, and which
 * files a command line names (from which the launcher derives permissions).
 */

/** An option of a command. */
export interface OptionDefinition {
  readonly name: string;
  /** What its value is called in help; without one the option is a switch. */
  readonly value?: string;
  /** One letter that stands for it, with one dash. */
  readonly short?: string;
  /** It may be given more than once. */
  readonly repeats?: boolean;
  /** `{experiments}` stands for their names. */
  readonly help: string;
  /** Its value is a path that the command reads or writes below. */
  readonly path?: "read" | "write";
}

/** A command of `deno task lab`. */
export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  /** It calls the C core, which is built first. */
  readonly core?: boolean;
  /** Names of positional arguments; a trailing "…" repeats, brackets make it optional. */
  readonly positionals: readonly string[];
  /** What may follow after `--`; it is not looked at. */
  readonly rest?: string;
  readonly options: readonly OptionDefinition[];
  readonly examples: readonly string[];
}

const json: OptionDefinition = { name: "json", help: "print JSON instead of text" };
const store: OptionDefinition = {
  name: "out",
  value: "DIR",
  path: "write",
  help: "the store of runs (default: runs/ of the project)",
};
const seconds: OptionDefinition = {
  name: "seconds",
  value: "N",
  help: "time for each single measurement; more samples, the same plan",
};

/** Options of commands that use hosts. */
const hostOptions: readonly OptionDefinition[] = [
  {
    name: "hosts",
    value: "FILE",
    path: "read",
    help: "machines reached by a command (default: hosts.json of the project, if there)",
  },
  {
    name: "mirror",
    value: "URI",
    help: "Debian mirror for kernels of emulated hosts (default: the system's)",
  },
];

/** Options of commands that analyse traces. */
export const engineOptions: readonly OptionDefinition[] = [
  { name: "engine", value: "E", help: "trace processor: auto (default), wasm, native" },
  {
    name: "engine-files",
    value: "PATH",
    path: "read",
    help: "the WASM engine's directory or npm tarball, for machines that are offline",
  },
];

/** All commands; the first is what runs when none is named. */
export const commands: readonly CommandDefinition[] = [
  {
    name: "run",
    core: true,
    summary: "run a plan, print its tables and store the run (the default command)",
    positionals: [],
    options: [
      {
        name: "host",
        value: "NAME",
        repeats: true,
        help: "where to run (default: local); qemu-arm64, qemu-ppc64le@6.1 …: see lab hosts",
      },
      ...hostOptions,
      { name: "plan", value: "PLAN", path: "read", help: "quick (default), full, or a JSON file" },
      {
        name: "experiment",
        value: "E",
        repeats: true,
        help: "only this experiment: {experiments}",
      },
      { name: "technique", value: "T", repeats: true, help: "only this technique" },
      {
        name: "technique-source",
        value: "FILE.c",
        path: "read",
        repeats: true,
        help: "a fence of your own, as technique user:FILE (ffi/core/user_fence.h)",
      },
      { name: "siblings", value: "N", help: "running siblings (default: the plan's)" },
      { name: "readers", value: "N", help: "rcu: threads that read (default: the plan's)" },
      { name: "writers", value: "N", help: "rcu: threads that write (default: the plan's)" },
      { name: "torture", help: "rcu: look for objects freed too early, instead of counting speed" },
      seconds,
      store,
      {
        name: "transport",
        value: "WAY",
        help: "ffi (default) or agent: how the local core is reached",
      },
      {
        name: "stop-above",
        value: "TIME",
        help: "capture: stop at the first operation above 100us, 2ms …, and keep the trace",
      },
      { name: "buffer-kb", value: "N", help: "capture: trace buffer of each CPU (default 16384)" },
      {
        name: "raw",
        value: "DIR",
        path: "write",
        help: "capture: keep the raw pages there, for lab convert",
      },
      ...engineOptions,
      { name: "dry-run", help: "show what would be done, do nothing" },
      { name: "all", help: "show every conformance case, not only failed ones" },
      json,
    ],
    examples: [
      "deno task lab",
      "deno task lab run --plan full --seconds 2",
      "deno task lab run --experiment cost --technique mprotect --json",
      "deno task lab run --experiment capture --technique munmap --stop-above 200us",
      "deno task lab run --host local --host qemu-arm64 --host qemu-ppc64le",
      "deno task lab run --host 'qemu-arm64@6.1?cpus=4' --experiment capture --siblings 3",
      "deno task lab run --experiment cost --technique-source my_fence.c",
      "deno task lab run --experiment rcu --readers 6 --writers 2 --seconds 10",
    ],
  },
  {
    name: "doctor",
    core: true,
    summary: "what this machine can and cannot do, with remedies",
    positionals: [],
    options: [json],
    examples: ["deno task lab doctor", "deno task lab doctor --json"],
  },
  {
    name: "hosts",
    summary: "list hosts and the kernels that are kept, or fetch kernels of emulated ones ahead",
    positionals: ["[prepare|schema]", "[NAME]…"],
    options: [...hostOptions, json],
    examples: [
      "deno task lab hosts",
      "deno task lab hosts prepare qemu-arm64 qemu-ppc64le@6.1",
      "deno task lab hosts schema",
    ],
  },
  {
    name: "show",
    summary: "print a stored run again, or list the store",
    positionals: ["[RUN]"],
    options: [
      store,
      { name: "all", help: "show every conformance case, not only failed ones" },
      { name: "limit", value: "N", help: "list at most N runs (default 20)" },
      json,
    ],
    examples: [
      "deno task lab show",
      "deno task lab show latest",
      "deno task lab show 20261121T0104 --json",
    ],
  },
  {
    name: "trace",
    core: true,
    summary: "which interrupts a program causes and suffers; without one, the whole machine",
    positionals: [],
    rest: "COMMAND ARGS…",
    options: [
      { name: "host", value: "NAME", help: "where to run it (default: local)" },
      ...hostOptions,
      { name: "seconds", value: "N", help: "end after N seconds at the latest" },
      { name: "buffer-kb", value: "N", help: "trace buffer of each CPU (default 16384)" },
      {
        name: "output",
        short: "o",
        value: "FILE",
        path: "write",
        help: "keep the trace (*.pftrace) and its index (*.pfindex)",
      },
      store,
      ...engineOptions,
      json,
    ],
    examples: [
      "deno task lab trace -- stress-ng --tlb-shootdown 1 -t 2",
      "deno task lab trace --seconds 5 -o machine.pftrace",
    ],
  },
  {
    name: "query",
    summary: "run PerfettoSQL on a trace, or on the trace of a stored run",
    positionals: ["TRACE", "SQL"],
    options: [store, ...engineOptions, json],
    examples: [
      'deno task lab query latest "SELECT name, count(*) AS n FROM slice GROUP BY name"',
      'deno task lab query my.pftrace "INCLUDE PERFETTO MODULE fencelab.techniques; SELECT * FROM fencelab_techniques" --json',
    ],
  },
  {
    name: "convert",
    summary: "convert a raw capture, or a trace.dat of trace-cmd, into a Perfetto trace",
    positionals: ["INPUT"],
    options: [
      {
        name: "output",
        short: "o",
        value: "FILE",
        path: "write",
        help: "the trace to write (*.pftrace), beside it its index (*.pfindex)",
      },
      json,
    ],
    examples: [
      "deno task lab convert my-capture/ -o my.pftrace",
      "deno task lab convert trace.dat -o my.pftrace",
    ],
  },
  {
    name: "compare",
    summary: "compare runs, or sets such as host=NAME, kernel=PREFIX: faster, slower, no change",
    positionals: ["[RUN]…"],
    options: [
      {
        name: "against",
        help: "runs before it are the left side, the baseline; those after it are judged",
      },
      {
        name: "history",
        value: "HOST",
        help: "all runs of a host in the order of time, and what each change of the kernel did",
      },
      { name: "technique", value: "T", repeats: true, help: "only this technique" },
      store,
      { name: "all", help: "show what did not change as fully as what did" },
      json,
    ],
    examples: [
      "deno task lab compare 20261121T0104 latest",
      "deno task lab compare host=p9,kernel=6.1 host=p9,kernel=6.12",
      "deno task lab compare 20261121T0104 20261121T0110 --against 20261122T0900 latest",
      "deno task lab compare --history local --technique munmap",
    ],
  },

  {
    name: "ladders",
    summary: "which fallback production libraries land on at each host, and whether it is sound",
    positionals: ["[RUN]…"],
    options: [
      store,
      { name: "all", help: "show where the chains come from, too" },
      json,
    ],
    examples: ["deno task lab ladders", "deno task lab ladders latest --all"],
  },
  {
    name: "advise",
    summary: "which technique to choose for a need, in which order, with costs at the hosts seen",
    positionals: ["[RUN]…"],
    options: [
      {
        name: "need",
        value: "NEED",
        repeats: true,
        help: "ordering, core-sync, rseq-restart, across-processes, realtime, portable",
      },
      {
        name: "header",
        value: "FILE.h",
        path: "write",
        help: "write the orders as a C header",
      },
      { name: "force", help: "replace a file that is no header of fencelab, too" },
      store,
      json,
    ],
    examples: [
      "deno task lab advise --need portable",
      "deno task lab advise --header fence_order.h",
    ],
  },
  {
    name: "report",
    summary: "write what runs say as one file to read, or for other programs",
    positionals: ["[RUN]…"],
    options: [
      {
        name: "out",
        value: "FILE",
        path: "write",
        help: "the file; its ending chooses the format. Without it the report is printed",
      },
      {
        name: "format",
        value: "F",
        help: "html, md, csv, json, hlog, litmus (.litmus.txt), ktap, junit (.junit.xml)",
      },
      { name: "force", help: "replace a file that is no report of fencelab" },
      {
        name: "store",
        value: "DIR",
        path: "write",
        help: "the store of runs (default: runs/ of the project)",
      },
      json,
    ],
    examples: [
      "deno task lab report --out cross-arch.html",
      "deno task lab report latest --out run.md",
      "deno task lab report --out verdicts.junit.xml",
      "deno task lab report --format ktap",
    ],
  },
];

/** A command by name. */
export function findCommand(name: string): CommandDefinition | undefined {
  return commands.find((command) => command.name === name);
}
