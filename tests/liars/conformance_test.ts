import { assert, assertEquals } from "@std/assert";

import { Session } from "../../ffi/session.ts";
import { costSchema } from "../../lab/experiments/cost/cost_schema.ts";
import {
  type ConformanceCase,
  conformanceSchema,
} from "../../lab/experiments/conformance/conformance_schema.ts";
import { build } from "../fixtures/doors.ts";
import { FalseKernel } from "../fixtures/false_kernel.ts";
import { cpus, hasProgram, needs } from "../fixtures/needs.ts";

const gcc = { gcc: hasProgram("gcc") };
const kernel = gcc.gcc ? await FalseKernel.build() : null;
addEventListener("unload", () => kernel?.[Symbol.dispose]());

/** @param only Part of the names of the cases that are wanted; all is "". */
async function casesUnder(lie: string, ...only: string[]): Promise<ConformanceCase[]> {
  await using session = await Session.open(kernel!.open(lie));
  const found: ConformanceCase[] = [];
  for (const name of only) {
    const [reply] = await session.request("conformance", {
      helper: build.agent,
      ...(name === "" ? {} : { only: name }),
    });
    found.push(...conformanceSchema.parse(reply!.result).cases as ConformanceCase[]);
  }
  return found;
}

function failedOf(cases: readonly ConformanceCase[]): ConformanceCase[] {
  return cases.filter(({ pass, skipped }) => !pass && !skipped);
}

/** What each lie is betrayed by, whatever else the machine does: names begin so, and answers are. */
const betrayed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  silent: {
    "PRIVATE_EXPEDITED unregistered, one thread": "0",
    "SYNC_CORE unregistered, two threads": "0",
    "GLOBAL with a flag": "0",
  },
  unregistered: {
    "PRIVATE_EXPEDITED unregistered, two threads": "0",
    "RSEQ unregistered, one thread": "0",
    "SYNC_CORE after REGISTER_RSEQ alone": "0",
  },
  "global-registration": { "GLOBAL_EXPEDITED unregistered": "EPERM" },
  "query-less": {
    "PRIVATE_EXPEDITED unregistered, one thread": "EPERM",
    "PRIVATE_EXPEDITED registered, two threads": "0",
  },
  "query-more": { "QUERY": "0xfff: bits 0xc00 are unknown" },
  "query-boast": {
    "SYNC_CORE registered, one thread": "step 1: EINVAL",
    "SYNC_CORE, often, by one thread": "EINVAL",
  },
  flags: {
    "all commands with all flags that they do not have": "command 0x0, flag 0x1: accepted",
    "PRIVATE_EXPEDITED with a flag": "0",
  },
  unknown: { "commands of all bits not given out": "command 0x400: accepted" },
};

for (const [lie, answers] of Object.entries(betrayed)) {
  Deno.test({
    ...needs(`a kernel that lies is not called as documented: ${lie}`, gcc),
    async fn(): Promise<void> {
      const failed = failedOf(await casesUnder(lie, ...Object.keys(answers)));
      const found = Object.fromEntries(
        failed.filter(({ name }) => name in answers).map(({ name, actual }) => [name, actual]),
      );
      assertEquals(found, answers);
    },
  });
}

for (const error of ["eintr", "enomem"]) {
  Deno.test({
    ...needs(`a kernel that fails in one of a thousand calls is caught: ${error}`, gcc),
    async fn(): Promise<void> {
      const cases = await casesUnder(`rare-${error}=1000`, "EXPEDITED, often, by one thread");
      const calls = cases.flatMap(({ answers = [] }) => answers);
      const sum = (of: string): number =>
        calls.filter(({ answer }) => answer === of).reduce((total, { count }) => total + count, 0);
      const name = error.toUpperCase();
      assertEquals(new Set(calls.map(({ answer }) => answer)), new Set(["0", name]));
      assertEquals(sum(name), Math.floor((sum("0") + sum(name)) / 1000));
      assert(failedOf(cases).some(({ actual }) => actual === `0, ${name}`));
    },
  });
}

Deno.test({
  ...needs("a kernel that does nothing once it is registered is caught", {
    ...gcc,
    "two CPUs": cpus >= 2,
  }),
  async fn(): Promise<void> {
    const reaching = await casesUnder("idle", " reaches a thread that ran");
    assertEquals(reaching.length, 5);
    // Where interrupts cannot be counted, or no CPU is to be had, it cannot be told, which is no pass
    for (const { name, pass } of reaching) assert(!pass, name);
    for (const { actual, skipped } of reaching) {
      if (!skipped) assert(actual.startsWith("0, not interrupted"), actual);
    }
  },
});

Deno.test({
  ...needs("a kernel without membarrier answers as documented", gcc),
  async fn(): Promise<void> {
    const cases = await casesUnder("absent", "");
    assert(cases.length >= 45, `${cases.length} cases`);
    assertEquals(failedOf(cases), []);
    assert(cases.every(({ expected }) => expected.endsWith("ENOSYS")));
  },
});

Deno.test({
  ...needs("what only hands calls on fails where calls are interrupted, and nowhere else", gcc),
  async fn(): Promise<void> {
    const failed = failedOf(await casesUnder("honest", ""))
      // On Linux 5.4 to at least 6.18 these fail on any kernel; see ffi/core/kit/lazy.c
      .filter(({ name }) => !name.startsWith("GLOBAL_EXPEDITED reaches"));
    for (const { name, actual } of failed) {
      assert(name.endsWith("with signals and memory in motion"), `${name}: ${actual}`);
      assertEquals(actual, "0, EINTR");
    }
  },
});

Deno.test({
  ...needs("cost counts the calls that fail, and measures the others", gcc),
  async fn(): Promise<void> {
    await using session = await Session.open(kernel!.open("rare-eintr=50"));
    const [reply] = await session.request("cost", {
      technique: "membarrier-private-expedited",
      "caller-cpus": [0],
      "sibling-cpus": [],
      samples: 1000,
      "budget-ms": 5000,
    });
    const result = costSchema.parse({ ...reply!.result, histogram: reply!.histogram });
    assertEquals([result.available, result.errno], [true, null]);
    const { failures = [], calls = 0, count } = result;
    assertEquals(failures.map(({ answer }) => answer), ["EINTR"]);
    assertEquals(failures[0]!.count, Math.floor(calls / 50));
    assert(count > 0 && calls > count);
  },
});

Deno.test({
  ...needs("a technique whose calls all fail is not available", gcc),
  async fn(): Promise<void> {
    await using session = await Session.open(kernel!.open("rare-eintr=1"));
    const [reply] = await session.request("cost", {
      technique: "membarrier-private-expedited",
      "caller-cpus": [0],
      "budget-ms": 100,
    });
    const { available, errno, reason } = reply!.result;
    assertEquals([available, errno, reason], [false, "EINTR", "each call failed: EINTR"]);
  },
});
