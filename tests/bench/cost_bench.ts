/**
 * Compares the cost that the lab measures with a bare C loop around the same call.
 *
 * Both are measured in turn, many times, and each round gives one ratio, so that
 * what the machine does meanwhile hits both alike. Target: median ratio 0.97 to 1.03.
 */

import { median } from "simple-statistics";
import { Session } from "../../ffi/session.ts";
import { doors } from "../fixtures/doors.ts";

const ROUNDS = 31;
const calls = [
  { name: "getppid", technique: "getppid" },
  { name: "membarrier", technique: "membarrier-private-expedited" },
] as const;

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.round(share * (values.length - 1))]!;
}

async function compileBareLoop(directory: string): Promise<string> {
  const program = `${directory}/bare_loop`;
  const source = new URL("bare_loop.c", import.meta.url).pathname;
  const args = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, source];
  const { success, stderr } = await new Deno.Command("gcc", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return program;
}

/** Median over blocks of nanoseconds per call. */
async function bare(program: string, name: string): Promise<number> {
  const { stdout } = await new Deno.Command(program, { args: [name, "40", "2000"] }).output();
  return median(new TextDecoder().decode(stdout).trim().split("\n").map(Number));
}

/** Median of the lab's samples, in nanoseconds. */
async function measured(session: Session, technique: string): Promise<number> {
  const [reply] = await session.request("cost", {
    technique,
    "caller-cpus": [0],
    samples: 10_000,
    "budget-ms": 1000,
  });
  return (reply!.result["ns"] as { p50: number }).p50;
}

/** Runs the comparison; returns lines of a table. */
export async function benchCost(): Promise<string[]> {
  const directory = await Deno.makeTempDir();
  const lines = [
    `cost through the lab / bare C loop around the same call, ${ROUNDS} rounds in turn (target 0.97 to 1.03)`,
    "  call         lab ns   bare ns   ratio median   p10     p90",
  ];
  try {
    const program = await compileBareLoop(directory);
    for (const door of ["ffi", "agent"] as const) {
      await using session = await Session.open(doors[door]());
      for (const { name, technique } of calls) {
        const rounds: { lab: number; bare: number }[] = [];
        for (let i = 0; i < ROUNDS; i++) {
          const first = await bare(program, name);
          const lab = await measured(session, technique);
          // On both sides of the lab's measurement, so that a drift of the machine cancels out
          rounds.push({ lab, bare: (first + await bare(program, name)) / 2 });
        }
        const ratios = rounds.map((round) => round.lab / round.bare);
        const cells = [
          median(rounds.map((round) => round.lab)).toFixed(1).padStart(9),
          median(rounds.map((round) => round.bare)).toFixed(1).padStart(9),
          median(ratios).toFixed(3).padStart(14),
          quantile(ratios, 0.1).toFixed(3).padStart(7),
          quantile(ratios, 0.9).toFixed(3).padStart(7),
        ];
        lines.push(`  ${name.padEnd(10)}${cells.join(" ")}   (${door})`);
      }
    }
    return lines;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
