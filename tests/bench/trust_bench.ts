/**
 * How far verdicts about order can be trusted: many short tables, on a quiet machine and beside
 * programs that take its CPUs, and how often each technique got which verdict.
 *
 * A wrong one is "ordered" of what was built to fail, or "not-ordered" of what documentation
 * promises. Targets: none in any number of tables; "ordered" of private-expedited, sync-core,
 * munmap and mprotect in 19 of 20 on a quiet machine.
 */

import { Session } from "../../ffi/session.ts";
import { arrangementsFor } from "../../lab/experiments/ordering/arrangements.ts";
import { concludeOrdering, type Counted } from "../../lab/experiments/ordering/conclude.ts";
import {
  orderingCountsSchema,
  type OrderingResult,
} from "../../lab/experiments/ordering/ordering_schema.ts";
import { contradictions, mutationScore } from "../../lab/experiments/ordering/score.ts";
import { VERDICTS } from "../../lab/format/verdict.ts";
import { build, doors } from "../fixtures/doors.ts";

/** Tables, where nobody says how many; half of them beside other programs. */
const TABLES = 50;

const TECHNIQUES = [
  "membarrier-private-expedited",
  "membarrier-sync-core",
  "munmap",
  "mprotect",
];

/** Turns of a row: a quarter of what a run makes. */
const TURNS = 5000;

/** Rows that a table has: the scenarios and other processes say nothing about being fooled. */
const rows = arrangementsFor(TECHNIQUES, build.arch).filter(({ role }) =>
  role === "technique" || role === "control" || role === "mutant" || role === "caller"
);

async function table(session: Session): Promise<OrderingResult[]> {
  const counted: Counted[] = [];
  for (const arrangement of rows) {
    const [reply] = await session.request("ordering", {
      technique: arrangement.technique,
      "caller-cpu": 0,
      "sibling-cpus": "1",
      iterations: TURNS,
      "budget-ms": 2000,
      ...arrangement.parameters,
    });
    counted.push({ arrangement, counts: orderingCountsSchema.parse(reply!.result) });
  }
  return concludeOrdering(counted, "of this machine");
}

/** Programs that compute on every CPU until they are disposed of. */
function load(): Disposable {
  const busy = Array.from(
    { length: navigator.hardwareConcurrency },
    () => new Deno.Command("sh", { args: ["-c", "while :; do :; done"] }).spawn(),
  );
  return {
    [Symbol.dispose](): void {
      for (const program of busy) program.kill("SIGKILL");
    },
  };
}

/** A wrong verdict, in words; null: none. */
function wrong(result: OrderingResult): string | null {
  const { technique, arrangement, role, expected, verdict } = result;
  const built = contradictions([result]).length > 0;
  const promised = (role === "technique" || role === "caller") && expected === "ordered" &&
    verdict === "not-ordered";
  return built || promised ? `${technique} (${arrangement}): ${verdict}` : null;
}

async function series(name: string, tables: number): Promise<string[]> {
  await using session = await Session.open(doors.agent());
  const seen = new Map<string, Map<string, number>>();
  const mistakes: string[] = [];
  let missed = 0;
  const start = performance.now();
  for (let at = 0; at < tables; at++) {
    const results = await table(session);
    for (const result of results) {
      const key = `${result.technique}${result.role === "caller" ? ", caller's own" : ""}${
        result.arrangement.includes("both") ? ", both sides" : ""
      }`;
      const of = seen.get(key) ?? new Map<string, number>();
      of.set(result.verdict, (of.get(result.verdict) ?? 0) + 1);
      seen.set(key, of);
      const mistake = wrong(result);
      if (mistake !== null) mistakes.push(`table ${at + 1}: ${mistake}`);
    }
    missed += mutationScore(results)?.missed.length ?? 0;
    const each = (performance.now() - start) / 1000 / (at + 1);
    const left = Math.round(each * (tables - at - 1));
    Deno.stderr.writeSync(
      new TextEncoder().encode(`\r${name}: table ${at + 1} of ${tables}, ${left} s left `),
    );
  }
  const seconds = (performance.now() - start) / 1000;
  return [
    `${name}: ${tables} tables of ${rows.length} rows, ${(seconds / tables).toFixed(1)} s each`,
    `  ${"technique".padEnd(46)}${VERDICTS.map((verdict) => verdict.padStart(19)).join("")}`,
    ...[...seen].map(([key, of]) =>
      `  ${key.padEnd(46)}${
        VERDICTS.map((verdict) => String(of.get(verdict) ?? 0).padStart(19)).join("")
      }`
    ),
    `  wrong verdicts: ${mistakes.length} (target 0); mutants missed within power: ${missed} (target 0)`,
    ...mistakes.map((mistake) => `    ${mistake}`),
  ];
}

/** Runs so many tables, half of them beside other programs; returns lines of a table. */
export async function benchTrust(tables: number = TABLES): Promise<string[]> {
  const quiet = await series("quiet", Math.ceil(tables / 2));
  using _busy = load();
  return [...quiet, ...await series("beside other programs", Math.floor(tables / 2))];
}
