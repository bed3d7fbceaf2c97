import { assert, assertEquals, assertGreater } from "@std/assert";

import { Session } from "../../ffi/session.ts";
import { parseRun } from "../../lab/experiments/run/run_schema.ts";
import { type RseqCounts, rseqCountsSchema } from "../../lab/experiments/rseq/rseq_schema.ts";
import { wentOn } from "../../lab/experiments/rseq/rseq_verdict.ts";
import { openCommandChannel } from "../../lab/hosts/command_channel.ts";
import { build, testBothDoors } from "../fixtures/doors.ts";
import { lab } from "../fixtures/lab_process.ts";
import { cpus, needs } from "../fixtures/needs.ts";

const TWO = { "two CPUs": cpus >= 2 };

/** One trial; what a sibling saw, for there is one. */
async function trial(
  technique: string,
  more: Record<string, string | number> = {},
  command: readonly string[] = [build.agent],
): Promise<RseqCounts["siblings"][number]> {
  await using session = await Session.open(openCommandChannel("the local agent", command));
  const [reply] = await session.request("rseq", {
    technique,
    "caller-cpu": 0,
    "sibling-cpus": 1,
    calls: 2000,
    "budget-ms": 3000,
    ...more,
  });
  const { available, reason, siblings } = rseqCountsSchema.parse(reply!.result);
  assert(available, reason ?? "");
  return siblings[0]!;
}

Deno.test({
  ...needs("each call restarts the section of the sibling that it aims at", TWO),
  async fn(): Promise<void> {
    for (const technique of ["membarrier-rseq", "membarrier-rseq-cpu", "signal", "affinity-walk"]) {
      const { called, restarts } = await trial(technique);
      assertGreater(called.turns, 0, technique);
      assertEquals(wentOn(called), 0, technique);
      assert(restarts >= called.turns, technique);
    }
  },
});

Deno.test({
  ...needs("sections go on that nothing restarts, and those of other CPUs", TWO),
  async fn(): Promise<void> {
    const aside = { aim: 0 };
    for (
      const [technique, more] of [
        ["getppid", {}],
        ["membarrier-private-expedited", {}],
        ["mutant-wrong-cpu", {}],
        ["membarrier-rseq-cpu", aside],
      ] as const
    ) {
      const { called, quiet } = await trial(technique, more);
      assertGreater(wentOn(called), 0, technique);
      assertGreater(wentOn(quiet), 0, technique);
    }
  },
});

Deno.test({
  ...needs("a thread that the C library has not registered registers itself", TWO),
  async fn(): Promise<void> {
    const command = ["/usr/bin/env", "GLIBC_TUNABLES=glibc.pthread.rseq=0", build.agent];
    const { called } = await trial("membarrier-rseq", {}, command);
    assertGreater(called.turns, 0);
    assertEquals(wentOn(called), 0);
  },
});

testBothDoors("rseq refuses what it cannot do", async (session) => {
  const given = { technique: "none", "caller-cpu": 0, "sibling-cpus": 1 };
  const messages: string[] = [];
  for (
    const wrong of [
      { "sibling-cpus": "1,0" },
      { "sibling-cpus": "" },
      { technique: "nothing" },
      { aim: "somewhere" },
    ]
  ) {
    await session.request("rseq", { ...given, ...wrong }).catch((error: Error) => {
      messages.push(error.message);
    });
  }
  assertEquals(messages.map((message) => message.split("rseq: ")[1]), [
    "CPU 0 is named for the caller and for a sibling",
    "sibling-cpus names no CPU",
    "technique 'nothing' is not known",
    "aim=somewhere is no whole number from 0 to 8191",
  ]);
});

Deno.test({
  ...needs("lab run --experiment rseq gives every technique a verdict", TWO),
  async fn(): Promise<void> {
    const store = await Deno.makeTempDir();
    try {
      const args = ["run", "--experiment", "rseq", "--seconds", "1", "--out", store, "--json"];
      const { code, stdout, stderr } = await lab(args);
      assertEquals(code, 0, stderr);
      const results = parseRun(stdout, "stdout").results.filter((one) => one.experiment === "rseq");
      const roles = new Set(
        results.filter(({ technique }) => technique === "membarrier-rseq-cpu")
          .map(({ role }) => role),
      );
      assertEquals(roles, new Set(["aimed", "bystander"]));
      for (const { technique, role, verdict, why } of results) {
        if (verdict === "starved" || verdict === "not-discriminable") continue;
        const control = technique === "getppid" || technique === "membarrier-private-expedited";
        const expected = control ? "not-restarted" : role === "aimed" ? "restarted" : "spared";
        assertEquals(verdict, expected, `${technique}: ${why}`);
      }
    } finally {
      await Deno.remove(store, { recursive: true });
    }
  },
});
