import { assertEquals, assertRejects } from "@std/assert";

import { RequestError } from "../../ffi/session.ts";
import type { Capabilities } from "../environment/capabilities.ts";
import { type CostResult, costSchema } from "../experiments/cost/cost_schema.ts";
import { ReplyFormatError } from "../format/reply.ts";
import { sampleCost } from "../testdata/sample_run.ts";
import { attempt } from "./attempt.ts";
import type { Requests } from "./stall_guard.ts";

type Probed = Partial<Capabilities["techniques"][number]>;

/** What comes of trying a technique, by what the probe said of it and what the core answers. */
async function tried(
  technique: string,
  probed: Probed,
  answer: Partial<CostResult> | RequestError,
): Promise<[string | undefined, boolean, string | null]> {
  const { histogram, ...result } = sampleCost({ technique, outcome: "measured" });
  const session = {
    request: () =>
      answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve([{ result: { ...result, ...answer }, histogram }]),
  } as unknown as Requests;
  const one = { id: technique, available: true, errno: null, reason: null, ...probed };
  const capabilities = { techniques: [one] } as unknown as Capabilities;
  const asked = { label: "x", technique, parameters: {} };
  const known = { experiment: "cost", callers: 1, siblings: 1 };
  const made = await attempt(session, "cost", asked, { capabilities }, costSchema, known);
  return [made.outcome, made.available, made.reason];
}

const killed = new RequestError("worker-died", "killed", "killed by signal 9 (SIGKILL)");
const refused: Probed = { available: false, outcome: "refused", reason: "no", errno: "EPERM" };
const failed: Probed = { available: false, outcome: "failed", reason: "passing" };

Deno.test("attempt() does not try what the probe saw refused", async () => {
  assertEquals(await tried("munmap", refused, killed), ["refused", false, "no"]);
});

Deno.test("attempt() tries what merely failed in the probe, but no code of the user's", async () => {
  assertEquals(await tried("munmap", failed, {}), ["measured", true, null]);
  assertEquals(await tried("user:x", failed, {}), ["failed", false, "passing"]);
});

Deno.test("attempt() tells a worker that is killed from a technique that is refused", async () => {
  assertEquals(await tried("munmap", {}, killed), ["failed", false, "killed"]);
});

Deno.test("attempt() takes no result that does not say how it ended", async () => {
  const silent = { outcome: undefined } as unknown as Partial<CostResult>;
  await assertRejects(() => tried("munmap", {}, silent), ReplyFormatError, "outcome");
});
