import { assert, assertEquals } from "@std/assert";

import { resultSchema } from "../../lab/experiments/run/results_schema.ts";
import type { ConformanceResult } from "../../lab/experiments/run/run_schema.ts";
import { Session } from "../../ffi/session.ts";
import { build, doors, testBothDoors } from "../fixtures/doors.ts";
import { cpus, hasProgram, needs } from "../fixtures/needs.ts";

const lazily = "reaches a thread on a CPU that was idle while registering";

/** A defect of kernels since 5.4 (ffi/core/kit/lazy.c): it may show, nothing else may. */
const knownDefect = [`GLOBAL_EXPEDITED ${lazily}`, `GLOBAL_EXPEDITED ${lazily}, two threads`];

testBothDoors(
  "this kernel answers every case as documented, but for one known defect",
  async (session) => {
    const [reply] = await session.request("conformance", { helper: build.agent });
    const { cases } = resultSchema.parse(reply!.result) as ConformanceResult;
    const failed = cases.filter((one) =>
      !one.pass && !one.skipped && !knownDefect.includes(one.name)
    );
    assertEquals(failed, []);
    for (const name of knownDefect) assert(cases.some((one) => one.name === name), name);
    assertEquals(new Set(cases.map((one) => one.name)).size, cases.length, "names are unique");
    for (const { name, expected, actual, pass, skipped } of cases) {
      assertEquals(pass, !skipped && expected === actual, name);
    }
    // Every documented case runs natively and under three filters
    for (const prefix of ["filter EPERM: ", "filter ENOSYS: ", "filter that kills: "]) {
      const under = cases.filter((one) => one.name.startsWith(prefix));
      assert(under.length >= 45, `${under.length} cases with ${prefix}`);
      assertEquals(new Set(under.map(({ subject }) => subject)), new Set(["filter"]));
      for (const { name } of under) {
        const same = cases.find((one) => one.name === name.slice(prefix.length));
        assertEquals(same?.subject, "kernel", name);
      }
    }
    // Each command is called often, which no error may hide in
    const often = cases.filter(({ answers }) => answers !== undefined);
    assert(often.length >= 24, `${often.length} cases call often`);
    for (const { name, answers } of often) {
      assertEquals(answers!.length, 1, name);
      assert(answers![0]!.count > (name.startsWith("GLOBAL,") ? 0 : 100), name);
    }
  },
);

Deno.test({
  ...needs("an idle CPU that ran another process meanwhile is no evidence", {
    "two CPUs": cpus >= 2,
    taskset: hasProgram("taskset"),
  }),
  async fn(): Promise<void> {
    // It wants CPU 1 all the time, so it runs there as soon as the case's process leaves
    const args = ["-c", "1", "sh", "-c", "while :; do :; done"];
    const other = new Deno.Command("taskset", { args, stdin: "null" }).spawn();
    try {
      await using session = await Session.open(doors.ffi());
      const [reply] = await session.request("conformance", { only: lazily });
      const { cases } = resultSchema.parse(reply!.result) as ConformanceResult;
      assertEquals(cases.length, 4);
      for (const { name, actual, pass, skipped } of cases) {
        assertEquals([pass, skipped], [false, true], `${name}: ${actual}`);
      }
    } finally {
      other.kill();
      await other.status;
    }
  },
});

testBothDoors(
  "a case that differs from the documentation is reported as failed",
  async (session) => {
    for (const [filter, state] of [["eperm", "filtered-eperm"], ["enosys", "filtered-enosys"]]) {
      const [reply] = await session.request("conformance", { filter: filter! });
      const { cases } = resultSchema.parse(reply!.result) as ConformanceResult;
      assertEquals(cases.map(({ name, pass }) => [name, pass]), [
        ["membarrier answers natively", false],
      ]);
      assert(cases[0]!.actual.startsWith(`${state}: `), cases[0]!.actual);
    }
  },
);

testBothDoors("the exec case is skipped, not passed, without an agent program", async (session) => {
  const [reply] = await session.request("conformance", {
    helper: "/no/such/agent",
    only: "over exec",
  });
  const { cases } = resultSchema.parse(reply!.result) as ConformanceResult;
  const exec = cases.find((one) => one.name.includes("over exec"));
  assertEquals([exec?.skipped, exec?.pass], [true, false]);
});
