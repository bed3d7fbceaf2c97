import { assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../../ffi/session.ts";
import type { Capabilities } from "../../environment/capabilities.ts";
import type { RcuPlan } from "./rcu_plan.ts";
import { rcuSteps } from "./rcu_steps.ts";
import type { Requests } from "../../request/stall_guard.ts";
import { sampleRcu } from "../../testdata/sample_rcu.ts";
import { commitRatio } from "./commit_2015.ts";
import { flavourIds } from "./flavours.ts";
import { runRcu } from "./run_rcu.ts";

const place = { cache: "cache", node: "node", package: "package" };
const machine = {
  topology: [0, 1].map((cpu) => ({ cpu, core: `${cpu}`, ...place })),
  allowed: [0, 1],
};
const plan: Omit<RcuPlan, "readers" | "writers"> = {
  experiment: "rcu",
  flavours: [...flavourIds],
  seconds: 1,
  torture: true,
};
const [step] = rcuSteps({ ...plan, flavours: ["mprotect"], readers: 1, writers: 1 }, machine);

function capabilitiesWith(...techniques: object[]): Capabilities {
  return { techniques } as unknown as Capabilities;
}

/** A session that answers every request in one way. */
function answering(answer: () => unknown): Requests {
  return { request: () => Promise.resolve(answer()) } as unknown as Requests;
}

const quiet = { onProgress: (): void => {} };

Deno.test("rcuSteps() gives each thread a CPU of its own where there are enough", () => {
  const own = rcuSteps({ ...plan, readers: 1, writers: 1 }, machine);
  assertEquals(own.map(({ parameters }) => parameters["flavour"]), [...flavourIds]);
  assertEquals(own[0]!.parameters, {
    flavour: "mb",
    readers: 1,
    writers: 1,
    "reader-cpus": [1],
    "writer-cpus": [0],
    "budget-ms": 1000,
    mode: "torture",
  });
  const [shared] = rcuSteps({ ...plan, readers: 2, writers: 1, torture: false }, machine);
  const { parameters } = shared!;
  assertEquals([parameters["reader-cpus"], parameters["writer-cpus"]], [[0, 1], [0, 1]]);
  assertEquals(parameters["mode"], "bench");
});

Deno.test("runRcu() returns what the core counted, with its histogram", async () => {
  const { histogram: _, ...result } = sampleRcu();
  const histogram = { unit: "ps", precisionBits: 7, index: [3], count: [2] } as const;
  const session = answering(() => [{ result, histogram }]);
  const options = { capabilities: capabilitiesWith(), ...quiet };
  assertEquals((await runRcu(session, step!, options)).histogram, {
    unit: "ps",
    precisionBits: 7,
    index: [3],
    count: [2],
  });
});

Deno.test("runRcu() makes a result of a fence that is refused, and of a failed request", async () => {
  const refused = { id: "mprotect", available: false, reason: "mlock: EPERM", errno: "EPERM" };
  const never = answering(() => {
    throw new Error("not to be asked");
  });
  const result = await runRcu(never, step!, {
    capabilities: capabilitiesWith(refused),
    ...quiet,
  });
  assertEquals(
    [result.available, result.reason, result.errno, result.flavour, result.mode],
    [false, "mlock: EPERM", "EPERM", "mprotect", "torture"],
  );
  const failing = (code: string): Requests =>
    ({ request: () => Promise.reject(new RequestError(code, "it died")) }) as unknown as Requests;
  const options = { capabilities: capabilitiesWith(), ...quiet };
  assertEquals((await runRcu(failing("worker-died"), step!, options)).reason, "it died");
  await assertRejects(() => runRcu(failing("bad-request"), step!, options), RequestError);
});

Deno.test("commitRatio() gives the ratios that the commit's figures have", () => {
  const ratios = flavourIds.map((id) => commitRatio(id)?.toFixed(2) ?? null);
  assertEquals(ratios, ["1.00", "5.78", "5.85", "4.68", null, null, null, null]);
});
