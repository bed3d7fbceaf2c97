/**
 * Compares the lab's userspace RCU with Debian's liburcu: the same loops, in turn, one reader and
 * one writer pinned to a CPU each.
 *
 * Each repetition gives one ratio, so that what the machine does meanwhile hits both alike. Targets:
 * a section costs at most as much as liburcu's, and mb and membarrier have at least as many grace
 * periods per second, each within half the range of the ratios, if that is small. Where fences are executed and
 * liburcu's are another instruction, the ratio is that of two instructions: it is shown, not judged.
 */

import { median } from "simple-statistics";
import { Session } from "../../ffi/session.ts";
import { type FlavourId } from "../../lab/experiments/rcu/flavours.ts";
import { doors } from "../fixtures/doors.ts";

const REPETITIONS = 5;
const MILLISECONDS = 400;

const root = new URL("../../", import.meta.url).pathname;
const CORE_SOURCES = [
  "kit/thread.c",
  "kit/clock.c",
  "kit/hist.c",
  "protocol/frame.c",
  "protocol/json.c",
];

interface Pair {
  readonly ours: FlavourId;
  /** What the peer is called in the table. */
  readonly peer: string;
  readonly header: string;
  readonly library: string;
  readonly defines?: readonly string[];
  /** Grace periods per second are to be at least liburcu's. */
  readonly graceTarget?: boolean;
  /** When readers execute full fences: in each section, or only once a grace period begins. */
  readonly fences?: "always" | "with a writer";
}

const pairs: readonly Pair[] = [
  ...(["mb", "mb-mfence"] as const).map((ours): Pair => ({
    ours,
    peer: "mb",
    header: "urcu-mb.h",
    library: "urcu-mb",
    graceTarget: true,
    fences: "always",
  })),
  { ours: "signal", peer: "signal", header: "urcu-signal.h", library: "urcu-signal" },
  {
    ours: "membarrier",
    peer: "memb, no fallback",
    header: "urcu-memb.h",
    library: "urcu-memb",
    // What ./configure --disable-sys-membarrier-fallback makes of its headers
    defines: ["-DCONFIG_RCU_FORCE_SYS_MEMBARRIER"],
    graceTarget: true,
  },
  {
    ours: "membarrier-dyncheck",
    peer: "memb",
    header: "urcu-memb.h",
    library: "urcu-memb",
    graceTarget: true,
  },
  { ours: "membarrier-dyncheck", peer: "bp", header: "urcu-bp.h", library: "urcu-bp" },
  {
    ours: "qsbr",
    peer: "qsbr",
    header: "urcu-qsbr.h",
    library: "urcu-qsbr",
    fences: "with a writer",
  },
];

/** Flavours that liburcu has not; their reader is that of membarrier. */
const ALONE: readonly FlavourId[] = ["membarrier-global", "mprotect", "munmap"];

interface Figures {
  /** ns of one section, median over groups: without a writer … */
  readonly alone: number;
  /** … and with one. */
  readonly read: number;
  readonly readsPerSecond: number;
  readonly gracesPerSecond: number;
  /** Instruction of a full fence; null: readers execute none. */
  readonly fence: string | null;
}

/** The keys of {@linkcode Figures} that are compared. */
type Key = Exclude<keyof Figures, "fence">;

interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Compiles one peer; `null` where this liburcu has no such flavour. */
async function compilePeer(directory: string, pair: Pair, index: number): Promise<string | null> {
  const program = `${directory}/peer${index}`;
  const args = [
    // Loops begin where the core's do, or a line of code would decide
    ...["-std=gnu11", "-D_GNU_SOURCE", "-O2", "-falign-loops=64", "-g", "-pthread"],
    `-I${root}ffi/core`,
    ...[`-DPEER_HEADER=<urcu/${pair.header}>`, ...pair.defines ?? [], "-o", program],
    ...[`${root}tests/bench/rcu_peer.c`, ...CORE_SOURCES.map((file) => `${root}ffi/core/${file}`)],
    ...[`-l${pair.library}`, "-lm"],
  ];
  const { success, stderr } = await new Deno.Command("gcc", { args }).output();
  if (success) return program;
  const text = new TextDecoder().decode(stderr);
  if (/No such file|cannot find -l/.test(text)) return null;
  throw new Error(text);
}

type PeerFigures = Record<"seconds" | "reads" | "writes" | "readNs", number> & { fence: string };

async function runPeer(program: string, writers: number): Promise<PeerFigures> {
  const { stdout, success } = await new Deno.Command(program, {
    args: [String(MILLISECONDS), String(writers)],
  }).output();
  if (!success) throw new Error(`${program} failed`);
  return JSON.parse(new TextDecoder().decode(stdout)) as PeerFigures;
}

async function peerFigures(program: string): Promise<Figures> {
  const alone = await runPeer(program, 0);
  const both = await runPeer(program, 1);
  return {
    alone: alone.readNs,
    read: both.readNs,
    readsPerSecond: both.reads / both.seconds,
    gracesPerSecond: both.writes / both.seconds,
    fence: both.fence,
  };
}

async function ourFigures(session: Session, flavour: string): Promise<Figures> {
  const run = async (writers: number): Promise<Record<string, unknown>> => {
    const [reply] = await session.request("rcu", {
      flavour,
      writers,
      "reader-cpus": [1],
      "writer-cpus": [0],
      "budget-ms": MILLISECONDS,
    });
    return reply!.result;
  };
  const alone = await run(0);
  const both = await run(1);
  const seconds = both["seconds"] as number;
  return {
    alone: (alone["readNs"] as { p50: number }).p50,
    read: (both["readNs"] as { p50: number }).p50,
    readsPerSecond: (both["reads"] as number) / seconds,
    gracesPerSecond: (both["writes"] as number) / seconds,
    fence: both["readerFence"] as string | null,
  };
}

function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

function ratioOf(rounds: readonly (readonly [Figures, Figures])[], key: Key): Ratio {
  const ratios = sorted(rounds.map(([ours, theirs]) => ours[key] / theirs[key]));
  return { median: median(ratios), low: ratios[0]!, high: ratios.at(-1)! };
}

/** Half the range of the ratios: how far a single median may be off. */
function spread({ low, high }: Ratio): number {
  return (high - low) / 2;
}

/** How far repetitions may be apart for a verdict: beyond that anything would be within the spread. */
const MOST_SPREAD = 0.25;

function verdict(ratio: Ratio, pass: (within: number) => boolean): string {
  const within = spread(ratio);
  if (within > MOST_SPREAD) return "not to be told: repetitions differ too much";
  return pass(within) ? "PASS" : "FAIL";
}

function show({ median, low, high }: Ratio): string {
  return `${median.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

function linesFor(pair: Pair, rounds: readonly (readonly [Figures, Figures])[]): string[] {
  const middle = (which: 0 | 1, key: Key): number =>
    median(rounds.map((round) => round[which][key]));
  const name = `  ${pair.ours} / ${pair.peer}`.padEnd(36);
  const line = (what: string, key: Key, digits: number, judged: string): string => {
    const figures = `${middle(0, key).toFixed(digits)} / ${middle(1, key).toFixed(digits)}`;
    return `${name}${what.padEnd(22)}${figures.padStart(24)}   ${
      show(ratioOf(rounds, key)).padEnd(24)
    }${judged}`;
  };
  const [ours, theirs] = rounds[0]!;
  const other = pair.fences !== undefined && ours.fence !== theirs.fence;
  const unlike = `not judged: ${ours.fence} against ${theirs.fence}`;
  const cost = (key: "alone" | "read"): string => {
    const ratio = ratioOf(rounds, key);
    if (other && (key === "read" || pair.fences === "always")) return unlike;
    return verdict(ratio, (within) => ratio.median <= 1 + within);
  };
  const grace = ratioOf(rounds, "gracesPerSecond");
  return [
    line("section ns, no writer", "alone", 3, cost("alone")),
    line("section ns, 1 writer", "read", 3, cost("read")),
    line("reads/s", "readsPerSecond", 0, other ? unlike : ""),
    line(
      "grace periods/s",
      "gracesPerSecond",
      0,
      other
        ? unlike
        : pair.graceTarget
        ? verdict(grace, (within) => grace.median >= 1 - within)
        : "",
    ),
  ];
}

/** Runs the comparison; returns lines of a table. */
export async function benchRcu(): Promise<string[]> {
  const directory = await Deno.makeTempDir();
  const lines = [
    `rcu of the lab / liburcu, 1 reader and 1 writer pinned, ${REPETITIONS} repetitions in turn`,
    "  (ratio: median [least, greatest]; targets: section at most 1, grace periods at least 1)",
  ];
  try {
    await using session = await Session.open(doors.agent());
    for (const [index, pair] of pairs.entries()) {
      const program = await compilePeer(directory, pair, index);
      if (program === null) {
        lines.push(`  ${pair.ours} / ${pair.peer}: this liburcu has no such flavour`);
        continue;
      }
      const rounds: [Figures, Figures][] = [];
      for (let i = 0; i < REPETITIONS; i++) {
        // Who comes first changes, for the second one meets what the first one has woken
        const first = i % 2 === 0 ? null : await peerFigures(program);
        const ours = await ourFigures(session, pair.ours);
        rounds.push([ours, first ?? await peerFigures(program)]);
      }
      lines.push(...linesFor(pair, rounds));
    }
    lines.push(`  ${ALONE.join(", ")}: liburcu has none of them; their sections are membarrier's`);
    return lines;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
