/**
 * Kernels whose membarrier(2) is false in one point, as hosts: what the lab, its ladders and its
 * advice say of them. What the conformance cases say is told in conformance_test.ts.
 */

import { assert, assertEquals } from "@std/assert";

import type { OrderingResult } from "../../lab/experiments/ordering/ordering_schema.ts";
import { resultsIn } from "../../lab/experiments/run/results_in.ts";
import { parseRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import { FalseKernel } from "../fixtures/false_kernel.ts";
import { lab } from "../fixtures/lab_process.ts";
import { cpus, hasProgram, needs } from "../fixtures/needs.ts";
import { passedChecks, wordsOf } from "./company.ts";

const gcc = hasProgram("gcc");
const kernel = gcc ? await FalseKernel.build() : null;
addEventListener("unload", () => kernel?.[Symbol.dispose]());

const NEEDED = { "a C compiler": gcc, "two CPUs": cpus >= 2 };

const EXPEDITED = "membarrier-private-expedited";

/** What the lab said on a host. */
interface Told {
  readonly run: Run;
  /** What ladders and advice say, of rungs that stand on the technique. */
  readonly words: ReadonlySet<string>;
  /** Checks of the technique's own row that the report calls passed. */
  readonly passed: readonly string[];
}

/** Runs the lab on a host whose kernel tells this lie. */
async function under(lie: string): Promise<Told> {
  const place = await Deno.makeTempDir({ prefix: "fencelab-liars-" });
  const store = `${place}/runs`;
  try {
    const host = { name: "false", command: [kernel!.program, lie] };
    const hosts = `${place}/hosts.json`;
    Deno.writeTextFileSync(hosts, JSON.stringify({ schema: "fencelab.hosts/1", hosts: [host] }));
    const { stdout, stderr } = await lab([
      ...["run", "--hosts", hosts, "--host", "false", "--json", "--out", store],
      ...["--experiment", "cost", "--experiment", "ordering"],
      ...["--technique", EXPEDITED, "--seconds", "0.2"],
    ]);
    assert(stdout.startsWith("{"), stderr);
    const ladders = await lab(["ladders", "--out", store, "--json"]);
    const advice = await lab(["advise", "--out", store, "--json", "--need", "ordering"]);
    const report = await lab(["report", "--store", store, "--format", "ktap"]);
    return {
      run: parseRun(stdout, "stdout"),
      words: new Set([...wordsIn(ladders.stdout), ...wordsIn(advice.stdout)]),
      passed: passedChecks(report.stdout.split("\n"), EXPEDITED, "technique"),
    };
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

/** Every `soundness` in a JSON document that stands under something of {@linkcode EXPEDITED}. */
function wordsIn(json: string): string[] {
  const words: string[] = [];
  const look = (value: unknown, within: boolean): void => {
    if (typeof value !== "object" || value === null) return;
    const inside = within || (value as { technique?: unknown }).technique === EXPEDITED;
    const { soundness } = value as { soundness?: unknown };
    if (inside && typeof soundness === "string") words.push(soundness);
    for (const part of Object.values(value)) look(part, inside);
  };
  look(JSON.parse(json), false);
  assert(words.length > 0, json);
  return words;
}

/** Rows in which documentation promises that the technique orders a sibling that has no fence. */
function promised(run: Run): OrderingResult[] {
  return resultsIn(run, "ordering").filter(({ technique, expected, counted }) =>
    technique === EXPEDITED && expected === "ordered" && counted.light === "barrier"
  );
}

/** Lies by which no call fences, or a share of them. */
const FALSE: Readonly<Record<string, number>> = { silent: 1, idle: 1, "skips=2": 1 / 2 };

for (const [lie, share] of Object.entries(FALSE)) {
  Deno.test({
    ...needs(`nobody believes a kernel's fence that is none: ${lie}`, NEEDED),
    async fn(): Promise<void> {
      const { run, words, passed } = await under(lie);
      const rows = promised(run);
      assert(rows.length > 0);
      // The caller's own order any system call may give, and one that is answered by a process does
      const believed = rows.filter(({ verdict, bound }) =>
        verdict === "ordered" && (bound ?? 0) <= share
      );
      assertEquals(believed.map(wordsOf), []);
      assertEquals(passed, []);
      assert(!words.has("observed"));
      // What could not be told leaves the word of documentation; what was seen does not
      if (rows.some(({ verdict }) => verdict === "not-ordered")) {
        assertEquals([...words], ["unsound"]);
      }
      if (share < 1) return;
      const counted = resultsIn(run, "cost").filter(({ technique }) => technique === EXPEDITED)
        .map(({ ipisPerOp }) => ipisPerOp?.source === "perf" ? ipisPerOp.value : 0);
      assert(Math.max(...counted) < 0.5, `it interrupts, cost says: ${counted}`);
    },
  });
}

Deno.test({
  ...needs("nobody slanders fences of a kernel that lies about something else", NEEDED),
  async fn(): Promise<void> {
    const { run, words } = await under("global-registration");
    const slandered = promised(run).filter(({ verdict }) => verdict === "not-ordered");
    assertEquals(slandered.map(wordsOf), []);
    assert(!words.has("unsound"));
  },
});
