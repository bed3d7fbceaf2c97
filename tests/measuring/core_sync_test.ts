import { assert, assertEquals, assertGreater } from "@std/assert";

import { Session } from "../../ffi/session.ts";
import { parseRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import {
  type CoreSyncCounts,
  coreSyncCountsSchema,
} from "../../lab/experiments/core_sync/core_sync_schema.ts";
import { build, doors, testBothDoors } from "../fixtures/doors.ts";
import { lab } from "../fixtures/lab_process.ts";
import { cpus, needs } from "../fixtures/needs.ts";

const TWO = { "two CPUs": cpus >= 2 };

async function coreSync(
  technique: string,
  order: string,
  more: Record<string, string | number> = {},
): Promise<CoreSyncCounts> {
  await using session = await Session.open(doors.agent());
  const [reply] = await session.request("core-sync", {
    technique,
    order,
    "caller-cpu": 0,
    "sibling-cpu": 1,
    modifications: 3000,
    "budget-ms": 3000,
    ...more,
  });
  return coreSyncCountsSchema.parse(reply!.result);
}

Deno.test({
  ...needs(
    "code that is replaced after its publication is seen stale, in the right order not",
    TWO,
  ),
  async fn(): Promise<void> {
    for (const technique of ["none", "membarrier-private-expedited"]) {
      const wrong = await coreSync(technique, "publish-first");
      assertGreater(wrong.stale, 0);
      assertGreater(wrong.staleVersions, 0);
      assert(wrong.staleVersions <= wrong.modifications, `${wrong.staleVersions}`);
      assertEquals(wrong.staleAfterEnd, 0, "the last version is in place before the end");
      // Elsewhere stale calls without a technique are what the experiment is about
      if (build.arch !== "x86_64" || wrong.unseen > 0) continue;
      const right = await coreSync(technique, "code-first");
      assertEquals([right.stale, right.staleVersions, right.staleAfterEnd], [0, 0, 0]);
      // A call can be stale only where the load of the version outlasts what replacing takes
      assertGreater(right.loadNs!, right.maintenanceNs!);
    }
  },
});

Deno.test({
  ...needs("core-sync ends by count or by time, and counts calls of every version", TWO),
  async fn(): Promise<void> {
    const byCount = await coreSync("none", "code-first", { modifications: 500 });
    assert(byCount.available, byCount.reason ?? "");
    if (byCount.unseen === 0) {
      assertEquals(byCount.modifications, 500);
      assertGreater(byCount.calls, 8 * 500);
    }
    const byTime = await coreSync("delay", "code-first", {
      modifications: 1_000_000_000,
      "budget-ms": 50,
    });
    assertGreater(byTime.modifications, 0);
    assert(byTime.modifications < 1_000_000_000);
  },
});

testBothDoors("core-sync refuses what it cannot do", async (session) => {
  const given = { technique: "none", "caller-cpu": 0, "sibling-cpu": 0 };
  const messages: string[] = [];
  for (
    const wrong of [
      {},
      { "sibling-cpu": "" },
      { "sibling-cpu": "1,2" },
      { "sibling-cpu": 1, technique: "nothing" },
      { "sibling-cpu": 1, order: "backwards" },
    ]
  ) {
    await session.request("core-sync", { ...given, ...wrong }).catch((error: Error) => {
      messages.push(error.message);
    });
  }
  assertEquals(messages.map((message) => message.split("core-sync: ")[1]), [
    "CPU 0 is named for the caller and for the sibling",
    "sibling-cpu names no CPU",
    "sibling-cpu names more than 1 CPUs",
    "technique 'nothing' is not known",
    "order 'backwards' is none of code-first, publish-first",
  ]);
});

/** A run of the experiment as a user gets it. */
async function run(): Promise<Run> {
  const store = await Deno.makeTempDir();
  try {
    const args = ["run", "--experiment", "core-sync", "--seconds", "1", "--out", store, "--json"];
    const { code, stdout, stderr } = await lab(args);
    assertEquals(code, 0, stderr);
    return parseRun(stdout, "stdout");
  } finally {
    await Deno.remove(store, { recursive: true });
  }
}

Deno.test({
  ...needs("lab run --experiment core-sync gives every technique a verdict with its controls", {
    ...TWO,
    "x86-64": build.arch === "x86_64",
  }),
  async fn(): Promise<void> {
    const results = (await run()).results.filter((result) => result.experiment === "core-sync");
    assertEquals(results.map(({ technique }) => technique), [
      "none",
      "membarrier-private-expedited",
      "membarrier-sync-core",
    ]);
    for (const { verdict, why, controls, stale } of results) {
      assertEquals(stale, 0);
      assertGreater(controls.publishFirst!.stale, 0);
      if (verdict === "starved") continue;
      assertEquals(verdict, "not-discriminable");
      assert(why.startsWith("x86 CPUs notice stores into code"), why);
    }
  },
});
