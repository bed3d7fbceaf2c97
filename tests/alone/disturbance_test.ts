import { assert, assertEquals, assertRejects } from "@std/assert";

import { RequestError, Session } from "../../ffi/session.ts";
import { parseRun } from "../../lab/experiments/run/run_schema.ts";
import {
  type DisturbanceCounts,
  disturbanceCountsSchema,
} from "../../lab/experiments/disturbance/disturbance_schema.ts";
import { build, type Door, doors } from "../fixtures/doors.ts";
import { lab } from "../fixtures/lab_process.ts";
import { cpus, needs } from "../fixtures/needs.ts";

const twoCpus = { "two CPUs": cpus >= 2 };
const EXPEDITED = "membarrier-private-expedited";

async function measure(
  session: Session,
  technique: string,
  more: Record<string, string | number> = {},
): Promise<DisturbanceCounts> {
  const [reply] = await session.request("disturbance", {
    technique,
    "caller-cpus": 0,
    "victim-cpu": 1,
    "budget-ms": 300,
    ...more,
  });
  return disturbanceCountsSchema.parse(reply!.result);
}

for (const door of Object.keys(doors) as Door[]) {
  Deno.test({
    ...needs(`every kind of victim is measured in quiet and storm (${door})`, twoCpus),
    async fn(): Promise<void> {
      await using session = await Session.open(doors[door]());
      for (const work of ["wakes", "runs", "sleeps", "calls"]) {
        for (const victim of ["same-process", "other-process"]) {
          const counts = await measure(session, EXPEDITED, { work, victim, fifo: 1, occupied: 1 });
          assertEquals([counts.available, counts.work, counts.victim], [true, work, victim]);
          assert(counts.ops > 0);
          if (work === "wakes" || work === "calls") {
            assert(counts.quiet.count > 0 && counts.storm.count > 0, work);
          }
          assertEquals(counts.quiet.woken !== null, work === "sleeps");
          assertEquals(counts.quiet.stolenShare !== null, work === "runs");
        }
      }
    },
  });
}

Deno.test({
  ...needs("expedited commands wake nobody who sleeps, signals do", twoCpus),
  async fn(): Promise<void> {
    await using session = await Session.open(doors.agent());
    const sleeping = { work: "sleeps", "rate-hz": 1000 };
    for (const technique of [EXPEDITED, "membarrier-sync-core", "membarrier-global-expedited"]) {
      const { storm, ops } = await measure(session, technique, sleeping);
      assert(ops > 0);
      assertEquals(storm.woken, 0, technique);
    }
    const { storm, ops } = await measure(session, "signal", sleeping);
    assert((storm.woken ?? 0) > ops / 2, `${storm.woken} of ${ops}`);
  },
});

Deno.test({
  ...needs("a storm interrupts the CPU of a running sibling, and of no stranger", {
    "x86-64": build.arch === "x86_64",
    ...twoCpus,
  }),
  async fn(): Promise<void> {
    await using session = await Session.open(doors.agent());
    const perCall = async (more: Record<string, string>): Promise<number> => {
      const { storm, ops } = await measure(session, EXPEDITED, { work: "runs", ...more });
      return (storm.interrupts ?? 0) / ops;
    };
    // A sibling that other load keeps from running is not interrupted, so once of some times will do
    let most = 0;
    for (let tries = 0; tries < 5 && most <= 0.5; tries++) most = Math.max(most, await perCall({}));
    assert(most > 0.5, `${most} interrupts per call`);
    assert(await perCall({ victim: "other-process" }) < 0.1);
  },
});

Deno.test({
  ...needs("a victim that calls, too, is not stopped by signals to and fro", twoCpus),
  async fn(): Promise<void> {
    await using session = await Session.open(doors.agent());
    const { storm, available } = await measure(session, "signal", { work: "calls" });
    assert(available && storm.count > 0);
  },
});

Deno.test({
  ...needs("a caller that cannot run where it shall is an error of the measurement", twoCpus),
  async fn(): Promise<void> {
    await using session = await Session.open(doors.agent());
    const { available, errno } = await measure(session, EXPEDITED, { "caller-cpus": "0,1023" });
    assertEquals([available, errno], [false, "EINVAL"]);
  },
});

Deno.test("a disturbance request that makes no sense is refused", async () => {
  await using session = await Session.open(doors.agent());
  const refused = async (more: Record<string, string | number>, why: string): Promise<void> => {
    await assertRejects(() => measure(session, "none", more), RequestError, why);
  };
  await refused({ "victim-cpu": 0 }, "CPU 0 is named for a caller and for the victim");
  await refused({ work: "naps" }, "work 'naps' is not known");
  await refused({ victim: "me" }, "victim 'me' is not known");
});

Deno.test({
  ...needs("lab run --experiment disturbance says who is hurt by whom", twoCpus),
  async fn(): Promise<void> {
    const directory = await Deno.makeTempDir();
    try {
      const args = ["run", "--experiment", "disturbance", "--technique", EXPEDITED];
      const { code, stdout, stderr } = await lab([
        ...args,
        ...["--seconds", "0.3", "--out", directory, "--json"],
      ]);
      assertEquals(code, 0, stderr);
      const { id, results } = parseRun(stdout, "stdout");
      const effects = results.flatMap((one) =>
        one.experiment === "disturbance" ? [`${one.victim} ${one.work}`] : []
      );
      assert(effects.length >= 10 && effects.includes("same-process sleeps"), effects.join());
      const shown = await lab(["show", id, "--out", directory]);
      assert(shown.stdout.includes("Who can be hurt by whom"), shown.stdout);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
