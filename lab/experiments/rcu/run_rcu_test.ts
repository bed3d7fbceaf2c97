import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RequestError } from "../../../ffi/session.ts";
import type { Capabilities } from "../../environment/capabilities.ts";
import type { Around } from "../experiment.ts";
import { rcu } from "./rcu.ts";
import { type RcuPlan, rcuSteps } from "./rcu_plan.ts";
import type { Requests } from "../../request/stall_guard.ts";
import { sampleControl, sampleRcu } from "../../testdata/sample_rcu.ts";
import { commitMbOf, commitRatio } from "./commit_2015.ts";
import { flavourIds } from "./flavours.ts";
import type { RcuResult } from "./rcu_schema.ts";

const place = { cache: "cache", node: "node", package: "package" };
const machine = {
  topology: [0, 1].map((cpu) => ({ cpu, core: `${cpu}`, ...place })),
  arch: "x86_64",
  allowed: [0, 1],
};
const plan: Omit<RcuPlan, "readers" | "writers"> = {
  experiment: "rcu",
  flavours: [...flavourIds],
  seconds: 1,
  torture: true,
};
const [step] = rcuSteps({ ...plan, flavours: ["mprotect"], readers: 1, writers: 1 }, machine).steps;

function around(...techniques: object[]): Around {
  return { capabilities: { techniques } as unknown as Capabilities } as Around;
}

/** A session that answers every request in one way. */
function answering(answer: () => unknown): Requests {
  return { request: () => Promise.resolve(answer()) } as unknown as Requests;
}

async function runOne(session: Requests, options: Around): Promise<RcuResult> {
  const { results } = await rcu.start().run(session, step!, options);
  return results[0] as RcuResult;
}

Deno.test("rcuSteps() gives each thread a CPU of its own where there are enough", () => {
  const { steps: own } = rcuSteps({ ...plan, readers: 1, writers: 1 }, machine);
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
  const [shared] = rcuSteps({ ...plan, readers: 2, writers: 1, torture: false }, machine).steps;
  const { parameters } = shared!;
  assertEquals([parameters["reader-cpus"], parameters["writer-cpus"]], [[0, 1], [0, 1]]);
  assertEquals(parameters["mode"], "bench");
});

Deno.test("rcu returns what the core counted, with its histogram", async () => {
  const { histogram: _, ...result } = sampleRcu({ outcome: "measured" });
  const histogram = { unit: "ps", precisionBits: 7, index: [3], count: [2] } as const;
  const session = answering(() => [{ result, histogram }]);
  assertEquals((await runOne(session, around())).histogram, {
    unit: "ps",
    precisionBits: 7,
    index: [3],
    count: [2],
  });
});

Deno.test("rcu says of a torture what its verdict holds for, with the kernel", async () => {
  const { histogram, ...result } = sampleRcu({
    mode: "torture",
    outcome: "measured",
    aimed: 8000,
    control: sampleControl(100),
  });
  const facts = { uname: { release: "6.18.0" } } as unknown as Around["facts"];
  const made = await runOne(answering(() => [{ result, histogram }]), { ...around(), facts });
  assertEquals(made.verdict, "no-stale-readers");
  assertStringIncludes(made.holds!, "Linux 6.18.0, 6 readers on CPUs 0-1");
});

Deno.test("rcu makes a result of a fence that is refused, and of a failed request", async () => {
  const refused = { id: "mprotect", available: false, reason: "mlock: EPERM", errno: "EPERM" };
  const never = answering(() => {
    throw new Error("not to be asked");
  });
  const result = await runOne(never, around(refused));
  assertEquals(
    [result.available, result.reason, result.errno, result.flavour, result.mode],
    [false, "mlock: EPERM", "EPERM", "mprotect", "torture"],
  );
  const failing = (code: string): Requests =>
    ({ request: () => Promise.reject(new RequestError(code, "it died")) }) as unknown as Requests;
  const { reason, outcome } = await runOne(failing("worker-died"), around());
  assertEquals([reason, outcome], ["it died", "failed"]);
  await assertRejects(() => runOne(failing("bad-request"), around()), RequestError);
});

Deno.test("commitRatio() gives the commit's ratios to the flavours that are alike", () => {
  const ratios = (like: "mb" | "mb-mfence"): Record<string, string> =>
    Object.fromEntries(flavourIds.flatMap((id) => {
      const ratio = commitRatio(id, like);
      return ratio === null ? [] : [[id, ratio.toFixed(2)]];
    }));
  const others = { "signal": "5.78", "membarrier-dyncheck": "4.68", "membarrier-global": "5.85" };
  assertEquals(ratios("mb"), { "mb": "1.00", ...others });
  assertEquals(ratios("mb-mfence"), { "mb-mfence": "1.00", ...others });
});

Deno.test("commitMbOf() takes mb for the commit's only where its fence is liburcu's", () => {
  const like = (readerFence?: string | null): string =>
    commitMbOf([{ flavour: "qsbr" }, {
      flavour: "mb",
      ...readerFence === undefined ? {} : { readerFence },
    }]);
  assertEquals(like("lock; addl"), "mb-mfence");
  assertEquals([like("dmb ish"), like("sync")], ["mb", "mb"]);
  // Runs stored before fences were named: most likely a locked add, which is not the commit's
  assertEquals([like(), commitMbOf([])], ["mb-mfence", "mb-mfence"]);
});
