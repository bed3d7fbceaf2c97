import { assert, assertEquals } from "@std/assert";

import { RequestError } from "../../ffi/session.ts";
import type { HostFacts } from "../environment/facts.ts";
import { techniques } from "../format/techniques.ts";
import type { Around } from "./experiment.ts";
import { experiments, kindOf } from "./experiments.ts";
import type { Result } from "./run/results_schema.ts";

const place = { cache: "cache", node: "node", package: "package" };
const machine = {
  topology: [0, 1, 2, 3].map((cpu) => ({ cpu, core: `${cpu}`, ...place })),
  arch: "x86_64",
  allowed: [0, 1, 2, 3],
};

/** A host that refuses every technique: nothing may be asked of it that it has refused. */
const around = {
  capabilities: {
    techniques: techniques.map(({ id }) => ({
      id,
      available: false,
      reason: "a seccomp filter",
      errno: "EPERM",
    })),
  },
  facts: { uname: { release: "6.12.1" } } as HostFacts,
} as unknown as Around;
const silent = { request: () => Promise.reject(new Error("not to be asked")) };

/** A host on which nothing can run: each worker is killed. */
const deadly = {
  request: () =>
    Promise.reject(new RequestError("worker-died", "killed", "killed by signal 9 (SIGKILL)")),
};

for (const { name, builtIn, start, steps } of experiments) {
  Deno.test(`${name}: what failed with every technique is told as failed`, async () => {
    const running = start();
    const results: Result[] = [];
    const asked = new Set<string>();
    for (const part of builtIn.full) {
      for (const step of steps(part, machine).steps) {
        if (step.technique === null || step.kind === "registration") continue;
        asked.add(step.technique);
        const free = { ...around, capabilities: { techniques: [] } } as unknown as Around;
        results.push(...(await running.run(deadly, step, free)).results);
      }
    }
    results.push(...running.conclude({ arch: "x86_64", emulated: false, kernel: "6.12" }));
    const attempts = results.flatMap((result) => kindOf(result).attempts(result));
    assertEquals(new Set(attempts.map(({ technique }) => technique)), asked);
    assertEquals(attempts.filter(({ outcome }) => outcome !== "failed"), []);
    const measured = results.map((result) => kindOf(result).hasRun(result));
    assert(!measured.includes(true));
  });

  Deno.test(`${name}: what every technique was refused to has not run`, async () => {
    const running = start();
    const results: Result[] = [];
    let refused = 0;
    for (const part of builtIn.full) {
      for (const step of steps(part, machine).steps) {
        if (step.technique === null || step.kind === "registration") continue;
        if (!techniques.some(({ id }) => id === step.technique)) continue; // a mutant of the core's
        refused++;
        results.push(...(await running.run(silent, step, around)).results);
      }
    }
    results.push(...running.conclude({ arch: "x86_64", emulated: false, kernel: "6.12" }));
    assertEquals(results.length > 0, refused > 0);
    for (const result of results) {
      assert(!kindOf(result).hasRun(result), JSON.stringify(result));
      assert(!kindOf(result).brokenPromise(result));
    }
  });
}
