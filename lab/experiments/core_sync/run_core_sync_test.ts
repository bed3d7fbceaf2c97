import { assertEquals, assertRejects } from "@std/assert";
import { type Reply, RequestError } from "../../../ffi/session.ts";
import type { Capabilities } from "../../environment/capabilities.ts";
import { coreSyncSchema } from "./core_sync_schema.ts";
import { sampleCoreSync } from "../../testdata/sample_core_sync.ts";
import type { Around } from "../experiment.ts";
import type { Step } from "../step.ts";
import { CoreSyncRun } from "./run_core_sync.ts";

/** A session that answers each technique with counts or with an error. */
function session(
  answer: (technique: string, order: string) => Record<string, unknown> | Error | null,
): { request(kind: string, parameters?: Record<string, unknown>): Promise<Reply[]> } {
  return {
    request: (_, parameters = {}) => {
      const said = answer(String(parameters["technique"]), String(parameters["order"]));
      if (said instanceof Error) return Promise.reject(said);
      return Promise.resolve(said === null ? [] : [{ result: said, histogram: null }]);
    },
  };
}

function step(technique: string, order = "code-first"): Step {
  const parameters = {
    ...{ technique, order, "caller-cpu": 0, "sibling-cpu": 1 },
    modifications: 20_000,
  };
  return { label: technique, kind: "core-sync", technique, parameters, seconds: 1 };
}

const options = {
  capabilities: {
    techniques: [{
      id: "membarrier-sync-core",
      available: false,
      errno: "EPERM",
      reason: "filter",
    }],
  } as unknown as Capabilities,
} as Around;

const STEPS = [
  step("none", "publish-first"),
  step("none"),
  step("membarrier-private-expedited"),
  step("membarrier-sync-core"),
  step("user:mine"),
  step("user:leaves"),
];

Deno.test("CoreSyncRun gives each technique a verdict by the controls of the same run", async () => {
  const run = new CoreSyncRun();
  const core = session((technique, order) => {
    if (technique === "user:mine") {
      return new RequestError(
        "worker-died",
        "Cannot",
        "the worker was killed by signal 11 (SIGSEGV)",
      );
    }
    if (technique === "user:leaves") return null;
    const stale = order === "publish-first" ? 30_000 : technique === "none" ? 900 : 0;
    return {
      ...sampleCoreSync({ outcome: "measured" }),
      technique,
      order,
      stale,
      staleVersions: stale / 3,
    };
  });
  for (const one of STEPS) await run.run(core, one, options);
  const results = run.conclude({ arch: "ppc64le", emulated: false, kernel: "6.12" });
  assertEquals(
    results.map(({ technique, verdict, reason }) => [technique, verdict, reason]),
    [
      ["none", "not-ordered", null],
      ["membarrier-private-expedited", "ordered", null],
      ["membarrier-sync-core", "not-discriminable", "filter"],
      ["user:mine", "not-discriminable", "the technique crashed: SIGSEGV (signal 11)"],
      ["user:leaves", "not-discriminable", "the technique ended the process that measured it"],
    ],
  );
  for (const result of results) {
    assertEquals(coreSyncSchema.safeParse(result).error, undefined);
    assertEquals(result.controls.publishFirst?.stale, 30_000);
    assertEquals(result.controls.none?.staleVersions, 300);
    assertEquals(result.modifications > 0, result.reason === null, result.technique);
  }
  const emulated = run.conclude({ arch: "ppc64le", emulated: true, kernel: "6.12" });
  assertEquals(new Set(emulated.map(({ verdict }) => verdict)).size, 1);
});

Deno.test("CoreSyncRun leaves errors of the lab itself to its caller", async () => {
  const bad = session(() => new RequestError("bad-request", "Cannot run 'core-sync'"));
  await assertRejects(() => new CoreSyncRun().run(bad, step("none"), options), RequestError);
});
