import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";

import { type RequestError, Session } from "../../ffi/session.ts";
import { flavourIds, flavours } from "../../lab/experiments/rcu/flavours.ts";
import { parseRun } from "../../lab/experiments/run/run_schema.ts";
import { type RcuResult, rcuSchema } from "../../lab/experiments/rcu/rcu_schema.ts";
import { build, doors, testBothDoors } from "../fixtures/doors.ts";
import { lab } from "../fixtures/lab_process.ts";
import { cpus, needs } from "../fixtures/needs.ts";

const twoCpus = { "two CPUs": cpus >= 2 };
/** Longest grace period of the slowest flavour, with time slices of all threads. */
const GRACE_NS = 20e9;

/** The instruction of a reader's full fence, for flavours whose readers execute one. */
const fences: Readonly<Record<string, string>> = build.arch === "x86_64"
  ? { "mb": "lock; addl", "mb-mfence": "mfence", "qsbr": "lock; addl" }
  : Object.fromEntries(
    ["mb", "qsbr"].map((id) => [id, build.arch === "aarch64" ? "dmb ish" : "sync"]),
  );

async function rcu(
  session: Session,
  flavour: string,
  more: Record<string, string | number | number[]> = {},
): Promise<RcuResult> {
  const all = cpus >= 2 ? [0, 1] : [0];
  const [reply] = await session.request("rcu", {
    flavour,
    "reader-cpus": all.slice(-1),
    "writer-cpus": [0],
    "budget-ms": 200,
    ...more,
  });
  return rcuSchema.parse({ ...reply!.result, histogram: reply!.histogram });
}

testBothDoors("every flavour reads and writes, and its counts fit each other", async (session) => {
  for (const { id, technique } of flavours) {
    const result = await rcu(session, id);
    assertEquals(
      [result.flavour, result.technique],
      [id, technique],
      "the core has the same table",
    );
    if (!result.available) {
      // A host may refuse membarrier or mlock, never the flavours that need neither
      const may = technique !== "fence" && id !== "signal" ||
        id === "mb-mfence" && build.arch !== "x86_64";
      assert(result.reason && may, `${id}: ${result.reason}`);
      continue;
    }
    assertEquals(result.readerFence, fences[id] ?? null, id);
    const { reads, writes, stale, readNs, gracePeriodNs, histogram, seconds } = result;
    assertEquals([stale, reads % 1024], [0, 0]);
    assertEquals(result.gracePeriods, writes, "one writer shares with nobody");
    assertGreater(reads, 0);
    assertGreater(writes, 0);
    assertGreater(seconds, 0.19);
    assert(readNs!.min <= readNs!.p50 && readNs!.p50 <= readNs!.max, id);
    assert(gracePeriodNs!.p50 <= gracePeriodNs!.p99 && gracePeriodNs!.max < GRACE_NS, id);
    const timed = histogram!.count.reduce((sum, count) => sum + count, 0);
    // By number, whatever they take: a choice by duration would favour long ones, which come together
    assertEquals(timed, Math.ceil(writes / (technique === "fence" ? 16 : 1)), id);
  }
});

testBothDoors("threads may share CPUs, and readers may be alone", async (session) => {
  for (const flavour of ["mb", "membarrier", "signal", "qsbr"]) {
    const shared = { readers: 3, writers: 2, "reader-cpus": [0], "writer-cpus": [0] };
    const crowded = await rcu(session, flavour, shared);
    assert(crowded.available, `${flavour}: ${crowded.reason}`);
    assertEquals([crowded.readers, crowded.writers, crowded.stale], [3, 2, 0]);
    assert(crowded.priority !== "fifo", "real-time threads would not share a CPU");
    assertGreater(crowded.writes, 0);
    // Writers that wait at once share a grace period, as in liburcu
    assert(crowded.gracePeriods! > 0 && crowded.gracePeriods! <= crowded.writes);
    const alone = await rcu(session, flavour, { writers: 0 });
    assertEquals([alone.writes, alone.gracePeriodNs, alone.histogram], [0, null, null]);
    assertGreater(alone.reads, 0);
  }
});

/** Torture; again where other load kept a grace period from ending, which says nothing. */
async function torture(
  session: Session,
  flavour: string,
  threads: Record<string, string | number | number[]>,
): Promise<RcuResult> {
  for (let left = 3;; left--) {
    const result = await rcu(session, flavour, {
      mode: "torture",
      "budget-ms": 500,
      ...threads,
    });
    if (result.errno !== "ETIMEDOUT" || left === 1) return result;
  }
}

Deno.test({
  ...needs("torture finds no stale reader in any flavour, and says what its control showed", {
    // Flavours of which no documentation promises it may fail elsewhere, and that is a finding
    "x86-64": build.arch === "x86_64",
    ...twoCpus,
  }),
  async fn(): Promise<void> {
    await using session = await Session.open(doors.agent());
    for (const flavour of flavourIds) {
      for (const threads of [{}, { readers: 3, writers: 2, "reader-cpus": [0, 1] }]) {
        const result = await torture(session, flavour, threads);
        assert(result.available, `${flavour}: ${result.reason}`);
        assertEquals(result.stale, 0, flavour);
        assert(result.reads > 0 && result.writes > 0, flavour);
        assert(result.aimed! <= result.gracePeriods!, flavour);
        const { rounds, stale, gracePeriods, reads } = result.control!;
        assertGreater(reads, 0, flavour);
        assertEquals(
          [stale, gracePeriods],
          [
            rounds.reduce((sum, round) => sum + round.stale, 0),
            rounds.reduce((sum, round) => sum + round.gracePeriods, 0),
          ],
          flavour,
        );
      }
    }
  },
});

Deno.test({
  ...needs("the control of flavours whose fence takes no time shows stale readers", {
    "x86-64": build.arch === "x86_64",
    ...twoCpus,
  }),
  async fn(): Promise<void> {
    await using session = await Session.open(doors.agent());
    for (const flavour of ["mb", "mb-mfence", "qsbr"]) {
      const result = await torture(session, flavour, {});
      assertGreater(result.control!.stale, 0, flavour);
      assertGreater(result.aimed!, 0, flavour);
    }
  },
});

Deno.test({
  ...needs("torture catches what is broken on purpose", {
    "x86-64": build.arch === "x86_64",
    ...twoCpus,
  }),
  async fn(): Promise<void> {
    await using session = await Session.open(doors.agent());
    const fenceless = flavourIds.filter((flavour) => flavour !== "membarrier-global");
    for (
      const [mutate, broken] of [
        ["no-fences", fenceless],
        // Sections that begin long after they loaded the period are for this one
        ["one-phase", ["mb", "membarrier"]],
      ] as const
    ) {
      for (const flavour of broken) {
        const mutant = { mode: "torture", mutate, "budget-ms": 500 };
        const result = await rcu(session, flavour, mutant);
        assert(result.mutant && result.control === undefined);
        assertGreater(result.stale, 0, `${flavour}, ${mutate}`);
      }
    }
  },
});

testBothDoors("rcu refuses what makes no sense", async (session) => {
  const messages: string[] = [];
  for (
    const wrong of [
      { flavour: "rcu" },
      { "reader-cpus": "" },
      { "writer-cpus": "" },
      { readers: 0 },
      { mode: "race" },
      { mode: "torture", mutate: "no-sense" },
      { mutate: "no-fences" },
      { priority: "high" },
    ]
  ) {
    await rcu(session, "mb", wrong).catch((error: RequestError) => {
      assertEquals(error.code, "bad-request");
      messages.push(error.message.split("rcu: ")[1]!);
    });
  }
  assertEquals(messages, [
    "flavour 'rcu' is not known",
    "reader-cpus names no CPU",
    "writer-cpus names no CPU",
    "readers=0 is no whole number from 1 to 1024",
    "mode 'race' is not known",
    "mutate 'no-sense' is not known",
    "mutate is for mode torture: elsewhere freed memory would be used",
    "priority 'high' is none of fifo, autogroup, none",
  ]);
  const elsewhere = await rcu(session, "mb", { "reader-cpus": [8191] });
  assertEquals([elsewhere.available, elsewhere.errno], [false, "EINVAL"]);
});

Deno.test("lab run --experiment rcu shows the commit's table, --torture looks for stale readers", async () => {
  const store = await Deno.makeTempDir();
  try {
    const args = ["run", "--experiment", "rcu", "--seconds", "0.2", "--out", store];
    const shown = await lab([...args, "--readers", "2", "--writers", "1"]);
    assertEquals(shown.code, 0, shown.stderr);
    const text = shown.stdout.replaceAll(/\s+/g, " ");
    assert(text.includes("2 readers on CPU") && text.includes("1 writer on CPU"), shown.stdout);
    assert(text.includes("1 701 557 485 2 202 847 1.00"), shown.stdout);
    const tortured = await lab([...args, "--torture", "--json"]);
    assertEquals(tortured.code, 0, tortured.stderr);
    const run = parseRun(tortured.stdout, "stdout");
    const results = run.results.filter((result) => result.experiment === "rcu");
    assertEquals(results.map(({ flavour, mode }) => [flavour, mode]), [
      ...flavourIds.map((id) => [id, "torture"]),
    ]);
    for (const { available, control, verdict, holds, flavour } of results) {
      if (!available) continue;
      assert(control !== undefined && verdict !== undefined, flavour);
      assert(holds?.startsWith(`Linux ${run.host.kernel}, 1 reader`), holds);
      assertMatch(holds!, /held (none|\d+) in \d+ grace periods/);
    }
    assert(run.command.includes("--torture"), run.command);
  } finally {
    await Deno.remove(store, { recursive: true });
  }
});
