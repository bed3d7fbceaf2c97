/** Runs `deno test` on some files in a process of its own, with a deadline, and counts its cases. */

/** What came of test cases. */
export interface Outcome {
  readonly passed: number;
  /** Names of the cases that failed, each with what its error says. */
  readonly failed: readonly string[];
  /** Names of the cases that were skipped; each says what it lacked. */
  readonly skipped: readonly string[];
  readonly seconds: number;
  /** All that was said. */
  readonly output: string;
}

/** How test processes are started. */
export interface TestProcessOptions {
  /** Put before the command; see {@linkcode ownNetwork}. */
  readonly network: readonly string[];
  /** Of the process's session; see {@linkcode sessionNiceness}. */
  readonly niceness: number;
  /** Whether it comes first where CPUs are short: what is emulated slowly misses its deadlines. */
  readonly urgent?: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** After how long a process is ended, in s. */
  readonly deadline: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** How long a process that was told to end may take before it is killed, in ms. */
const GRACE_MS = 10_000;

/**
 * Sets up a network: loopback, and an address for documentation (RFC 5737), since resolvers find no
 * name for anybody where there is no other (getaddrinfo(3), AI_ADDRCONFIG).
 */
const NETWORK = [
  // Debian keeps it where only root's PATH leads
  'ip() { PATH="$PATH:/usr/sbin:/sbin" command ip "$@"; }',
  "ip link set lo up",
  "ip link add fencelab0 type veth peer name fencelab1",
  "ip addr add 198.51.100.1/32 dev fencelab0",
  "ip link set fencelab0 up",
  "ip link set fencelab1 up",
].join(" && ");

/** Ways to a network of one's own: for root; for others, who have no right left once it is set up. */
const WAYS: readonly (readonly string[])[] = [
  ["unshare", "--net", "sh", "-c", `${NETWORK} && exec "$@"`, "sh"],
  [
    ...["unshare", "--user", "--map-current-user", "--keep-caps", "--net", "sh", "-c"],
    `${NETWORK} && exec setpriv --inh-caps=-all --ambient-caps=-all -- "$@"`,
    "sh",
  ],
];

/**
 * A command that runs another one in a network of its own; empty where that cannot be had.
 *
 * The claim on a machine is an abstract socket, whose name belongs to a network (unix(7)).
 */
export async function ownNetwork(): Promise<readonly string[]> {
  for (const way of WAYS) {
    try {
      const [program, ...args] = [...way, "true"];
      const { success } = await new Deno.Command(program!, { args, stderr: "null" }).output();
      if (success) return way;
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    }
  }
  return [];
}

/** How much further to the front urgent tests are, in steps of the nice value. */
const URGENT = 10;

/** How busy the CPUs may be with others, as a share, before tests keep most of their priority. */
const BUSY = 0.5;

/**
 * The nice value for the sessions of tests (sched(7), autogroups).
 *
 * A session of higher priority that keeps the CPUs busy holds up the kernel's own threads, which
 * are in no session, by a quarter of a second each time they wake; and whoever registers for
 * membarrier(2), or leaves a network, waits for several of them in a row. So tests step back to the
 * usual priority, or only a little where other load would then hold them up.
 */
export async function sessionNiceness(): Promise<number> {
  const own = Number(/nice (-?\d+)/.exec(await readProc("/proc/self/autogroup"))?.[1] ?? 0);
  if (own >= 0) return own;
  const before = cpuTimes(await readProc("/proc/stat"));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const after = cpuTimes(await readProc("/proc/stat"));
  const busy = 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
  return busy > BUSY ? own + URGENT / 2 : 0;
}

/** Ticks of all CPUs since boot (proc(5)): user, nice, system, idle, and so on. */
function cpuTimes(stat: string): { idle: number; all: number } {
  const ticks = stat.split("\n")[0]!.split(/\s+/).slice(1, 9).map(Number);
  return { idle: ticks[3] ?? 0, all: ticks.reduce((sum, one) => sum + one, 0) };
}

/** Text of a file below /proc, which Deno keeps for programs that may do everything. */
export async function readProc(path: string): Promise<string> {
  const { stdout } = await new Deno.Command("cat", { args: [path], stderr: "null" }).output();
  return new TextDecoder().decode(stdout);
}

/** A command that runs another one in a session of its own, and with its priority. */
function ownSession(niceness: number): string[] {
  const nice = `echo ${Math.max(-20, niceness)} >/proc/self/autogroup`;
  // Not every kernel has it, and not every user may come first
  return ["setsid", "--wait", "sh", "-c", `(${nice}) 2>/dev/null; exec "$@"`, "sh"];
}

/**
 * Runs `deno test ARGS`.
 *
 * @param name What is run, for a file that does not load or does not end.
 */
export async function runTests(
  name: string,
  args: readonly string[],
  { network, niceness, urgent, env, deadline, signal }: TestProcessOptions,
): Promise<Outcome> {
  const begin = performance.now();
  const junit = await Deno.makeTempFile({ prefix: "fencelab-", suffix: ".xml" });
  try {
    const [program, ...rest] = [
      ...ownSession(niceness - (urgent ? URGENT : 0)),
      ...network,
      ...[Deno.execPath(), "test", "--allow-all", "--no-check"],
    ];
    const child = new Deno.Command(program!, {
      args: [...rest, `--junit-path=${junit}`, ...args],
      env: { ...env },
      signal,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let late = false;
    const timers = [
      setTimeout(() => {
        late = true;
        child.kill("SIGTERM");
      }, deadline * 1000),
      setTimeout(() => child.kill("SIGKILL"), deadline * 1000 + GRACE_MS),
    ];
    const texts = await Promise.all(
      [child.stdout, child.stderr].map((stream) => new Response(stream).text()),
    );
    const { code } = await child.status;
    timers.forEach(clearTimeout);
    const output = texts.join("");
    const counted = countCases(await Deno.readTextFile(junit));
    const failed = [...counted.failed];
    if (late) {
      failed.push(`${name} did not end within ${deadline} s; it was at: ${lastTest(output)}`);
    } // A file that does not even load fails no case, but is a failure all the same
    else if (code !== 0 && failed.length === 0) failed.push(`${name} did not run to its end`);
    return { ...counted, failed, seconds: (performance.now() - begin) / 1000, output };
  } finally {
    await Deno.remove(junit);
  }
}

/** Counts test cases of a JUnit report; a case is failed, skipped, or passed. */
function countCases(junit: string): Pick<Outcome, "passed" | "failed" | "skipped"> {
  const failed: string[] = [];
  const skipped: string[] = [];
  let passed = 0;
  for (const [body] of junit.matchAll(/<testcase\b[^>]*?(?:\/>|>[\s\S]*?<\/testcase>)/g)) {
    const name = unescapeXml(/\bname="([^"]*)"/.exec(body)?.[1] ?? "");
    const failure = /<(?:failure|error)\b(?: message="([^"]*)")?/.exec(body);
    if (failure !== null) failed.push(`${name}: ${causeOf(failure[1] ?? "")}`);
    else if (/<skipped\b/.test(body)) skipped.push(name);
    else passed++;
  }
  return { passed, failed, skipped };
}

/** How much of an error stands beside its test's name at the end, in characters. */
const CAUSE_LENGTH = 400;

/** What an error says, in one line. */
function causeOf(message: string): string {
  const line = unescapeXml(message).replace(/^Uncaught /, "").replace(/\s+/g, " ").trim();
  return line.length > CAUSE_LENGTH ? `${line.slice(0, CAUSE_LENGTH)} …` : line;
}

function unescapeXml(text: string): string {
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(\w+);/g, (whole, name: string) => characters[name] ?? whole);
}

/** The test that a process was at: the last one whose name was printed without a result. */
function lastTest(output: string): string {
  const names = [...output.matchAll(/^(.+?) \.\.\.(?! \w+ \()/gm)].map(([, name]) => name!.trim());
  return names.at(-1) ?? "none of its tests";
}
