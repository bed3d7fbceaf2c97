import { assert, assertEquals } from "@std/assert";

import { Session } from "../../ffi/session.ts";
import { mutationScore } from "../../lab/experiments/ordering/score.ts";
import { RULES } from "../../lab/experiments/ordering/verdict.ts";
import { parseRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import {
  type OrderingCounts,
  orderingCountsSchema,
  type OrderingResult,
} from "../../lab/experiments/ordering/ordering_schema.ts";
import { build, type Door, doors } from "../fixtures/doors.ts";
import { lab } from "../fixtures/lab_process.ts";
import { cpus, needs } from "../fixtures/needs.ts";

const twoCpus = { "two CPUs": cpus >= 2 };
const realX86 = { "x86-64": build.arch === "x86_64", ...twoCpus };

async function count(
  session: Session,
  technique: string,
  more: Record<string, string | number> = {},
): Promise<OrderingCounts> {
  const [reply] = await session.request("ordering", {
    technique,
    "caller-cpu": 0,
    "sibling-cpu": 1,
    iterations: 3000,
    "budget-ms": 2000,
    ...more,
  });
  return orderingCountsSchema.parse(reply!.result);
}

/** Forbidden outcomes per turn. */
function rateOf({ counts }: OrderingCounts): number {
  assert(counts.iterations > 0);
  return counts.weak / counts.iterations;
}

function testDoors(
  name: string,
  wanted: Record<string, boolean>,
  test: (session: Session) => Promise<void>,
  through: readonly Door[] = ["agent"],
): void {
  for (const door of through) {
    Deno.test({
      ...needs(`${name} (${door})`, wanted),
      async fn(): Promise<void> {
        await using session = await Session.open(doors[door]());
        await test(session);
      },
    });
  }
}

testDoors(
  "without a fence forbidden outcomes occur, with fences none",
  twoCpus,
  async (session) => {
    for (const technique of ["none", "fence"]) {
      assert(rateOf(await count(session, technique)) >= RULES.gate, technique);
    }
    const both = await count(session, "fence", { light: "fence", iterations: 20_000 });
    assertEquals([both.counts.weak, both.counts.iterations], [0, 20_000]);
  },
  ["ffi", "agent"],
);

testDoors(
  "calls order a sibling that they interrupt, and nobody else",
  realX86,
  async (session) => {
    for (const technique of ["membarrier-private-expedited", "munmap"]) {
      const sibling = await count(session, technique);
      assertEquals(sibling.counts.weak, 0, technique);
      const stranger = await count(session, technique, { relation: "process" });
      assert(stranger.counts.weak > 0, technique);
    }
    const shared = await count(session, "membarrier-private-expedited", { relation: "shared-mm" });
    assertEquals(shared.counts.weak, 0);
    const untouched = await count(session, "munmap-untouched");
    assert(untouched.counts.weak > 0);
  },
);

testDoors(
  "a full store buffer of the caller shows what its own order is",
  realX86,
  async (session) => {
    const caller = { clogged: "caller", light: "fence" };
    assert(rateOf(await count(session, "none", caller)) >= RULES.gate);
    for (const technique of ["fence", "membarrier-private-expedited"]) {
      const { counts } = await count(session, technique, caller);
      assertEquals(counts.weak, 0, technique);
      assert(counts.iterations > 0);
    }
  },
);

testDoors(
  "a registration while the sibling's CPU idles leaves private-expedited alone",
  realX86,
  async (session) => {
    for (const registered of ["lazily", "lazily-threaded"]) {
      const { kept, counts } = await count(session, "membarrier-private-expedited", { registered });
      assert(["kept", "forgot", "unknown"].includes(kept!), `${kept}`);
      assertEquals([counts.weak, counts.iterations > 0], [0, kept === "kept"]);
    }
  },
);

testDoors("delays last as long as the calls of their block", realX86, async (session) => {
  for (const technique of ["membarrier-private-expedited", "getppid"]) {
    const { ruler, siblings, delay, counts } = await count(session, technique);
    const { turns, brief } = ruler!;
    assert(turns > 0 && brief <= RULES.brief * turns, `${brief} of ${turns}`);
    const { blocks } = siblings![0]!;
    const sum = (column: readonly number[]): number => column.reduce((all, one) => all + one, 0);
    assertEquals(
      [sum(blocks.turns), sum(blocks.weak), sum(blocks.delayTurns), sum(blocks.delayWeak)],
      [counts.iterations, counts.weak, delay.iterations, delay.weak],
    );
  }
});

testDoors("interrupts of turns that are not counted are not counted", realX86, async (session) => {
  // 300 calls before and as many after: a quarter more, were they taken for the turns'
  const { interruptsPerOp, counts } = await count(session, "membarrier-private-expedited", {
    iterations: 1200,
  });
  if (interruptsPerOp === null) return;
  assert(interruptsPerOp >= 0.99 && interruptsPerOp < 1.15, `${interruptsPerOp}`);
  assert(counts.iterations > 0);
});

testDoors(
  "membarrier orders siblings that sleep, yield, or exit, and other pairs of accesses",
  twoCpus,
  async (session) => {
    for (
      const arrangement of [
        { habit: "sleep" },
        { habit: "exit" },
        { habit: "exit", relation: "shared-mm" },
        { shape: "mp" },
        { shape: "lb" },
        { shape: "mp-read" },
      ]
    ) {
      const { counts, starved } = await count(session, "membarrier-private-expedited", {
        ...arrangement,
        iterations: 1000,
      });
      assertEquals([counts.weak, starved], [0, false], JSON.stringify(arrangement));
      assert(counts.iterations > 0);
    }
  },
);

testDoors("the witness tells techniques that interrupt from others", realX86, async (session) => {
  for (
    const [technique, interrupts] of [
      ["membarrier-private-expedited", true],
      ["signal", true],
      ["getppid", false],
      ["munmap-untouched", false],
    ] as const
  ) {
    const { witness } = await count(session, technique, { iterations: 100 });
    const { hits, samples } = witness ?? { hits: 0, samples: 0 };
    assert(samples > 0);
    assertEquals(hits / samples > 0.5, interrupts, technique);
  }
});

testDoors("every mutant is caught", realX86, async (session) => {
  for (const name of ["noop", "wrong-cpu", "early", "caller-only", "unregistered"]) {
    const mutant = await count(session, `mutant-${name}`, { "delay-ns": 5000 });
    assert(mutant.counts.weak > 0, name);
  }
});

testDoors("a request that makes no sense is refused", {}, async (session) => {
  const refused = async (more: Record<string, string | number>): Promise<string> => {
    try {
      await count(session, "none", more);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error(`${JSON.stringify(more)} was accepted`);
  };
  assert((await refused({ "sibling-cpu": 0 })).includes("CPU 0 is named for both sides"));
  assert((await refused({ light: "nonsense" })).includes("neither barrier, fence nor a technique"));
  assert((await refused({ habit: "exit", relation: "process" })).includes("relation thread"));
  assert((await refused({ shape: "xy" })).includes("shape 'xy' is not known"));
});

function orderings({ results }: Run): OrderingResult[] {
  return results.filter((result) => result.experiment === "ordering");
}

/** Runs the experiment. @returns The run, and what was printed of it. */
async function runOrdering(directory: string): Promise<{ run: Run; text: string }> {
  const { code, stdout, stderr } = await lab([
    ...["run", "--experiment", "ordering", "--technique", "membarrier-private-expedited"],
    ...["--technique", "munmap", "--technique", "getppid", "--seconds", "0.3"],
    ...["--out", directory],
  ]);
  assertEquals(code, 0, stderr);
  const shown = await lab(["show", "latest", "--out", directory, "--json"]);
  return { run: parseRun(shown.stdout, "stdout"), text: stdout.replaceAll(/\s+/g, " ") };
}

Deno.test({
  ...needs("lab run --experiment ordering gives verdicts that agree with each other", realX86),
  async fn(): Promise<void> {
    const directory = await Deno.makeTempDir();
    try {
      const { run, text } = await runOrdering(directory);
      for (
        const part of [
          "Ordering: does the technique order",
          "The pair table of membarrier(2)",
          "barrier() X (",
          "Scenarios of kernel/sched/membarrier.c",
          "Mutation score: 100.0 %",
        ]
      ) assert(text.includes(part), `${part} is not in ${text}`);
      const first = orderings(run);
      const second = orderings((await runOrdering(directory)).run);
      const verdicts = (results: OrderingResult[]): Record<string, string> =>
        Object.fromEntries(
          results.map((one) => [`${one.technique}, ${one.arrangement}`, one.verdict]),
        );
      for (const [name, verdict] of Object.entries(verdicts(first))) {
        const other = verdicts(second)[name];
        assert(!(verdict === "ordered" && other === "not-ordered"), name);
        assert(!(verdict === "not-ordered" && other === "ordered"), name);
      }
      for (const results of [first, second]) {
        for (const { technique, arrangement, expected, verdict } of results) {
          const opposite = expected === "ordered" ? "not-ordered" : "ordered";
          assert(expected === null || verdict !== opposite, `${technique}, ${arrangement}`);
        }
        assertEquals(mutationScore(results)?.missed, []);
        const own = results.find(({ role }) => role === "technique");
        assert(own?.observation.startsWith("Observation SB+membarrier-private-expedited Never 0 "));
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
