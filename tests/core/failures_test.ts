import { assert, assertEquals, assertMatch } from "@std/assert";

import { Session } from "../../ffi/session.ts";
import { resultsIn } from "../../lab/experiments/run/results_in.ts";
import { CpuWatch } from "../../lab/request/cpu_watch.ts";
import { openCommandChannel } from "../../lab/hosts/command_channel.ts";
import { adviceFor } from "../../lab/ladders/advice.ts";
import { runPlan } from "../../lab/plan/run_plan.ts";
import { agentHost } from "../fixtures/agent_host.ts";
import { build } from "../fixtures/doors.ts";
import { familyOf, until } from "../fixtures/processes.ts";
import { cpus, hasProgram, needs } from "../fixtures/needs.ts";

/** Room for the agent and its workers, and none for the stack of a thread. */
const NO_THREADS = ["prlimit", `--as=${48 << 20}`, `--stack=${64 << 20}`];

const membarrier = "membarrier-private-expedited";

function agentUnder(...limits: string[]): Promise<Session> {
  return Session.open(openCommandChannel("the agent", [...limits, build.agent]));
}

async function ask(
  session: Session,
  kind: string,
  parameters: Record<string, string | number | number[]>,
): Promise<Record<string, unknown>> {
  const [reply] = await session.request(kind, parameters);
  return reply!.result;
}

Deno.test({
  ...needs("where no thread can be had a measurement failed, and nothing was refused", {
    prlimit: hasProgram("prlimit"),
    "two CPUs": cpus >= 2,
  }),
  async fn(): Promise<void> {
    await using session = await agentUnder(...NO_THREADS);
    const sides = { "caller-cpu": 0, "sibling-cpu": 1, "budget-ms": 100 };
    const crew = { "caller-cpus": [0], "sibling-cpus": [1], "budget-ms": 100 };
    const rcu = { "reader-cpus": [1], "writer-cpus": [0], "budget-ms": 100 };
    for (
      const result of [
        await ask(session, "cost", { technique: "munmap", ...crew }),
        await ask(session, "ordering", { technique: "munmap", ...sides }),
        await ask(session, "core-sync", { technique: "munmap", ...sides }),
        await ask(session, "rcu", { flavour: "munmap", ...rcu }),
        await ask(session, "disturbance", {
          technique: "munmap",
          "caller-cpus": [0],
          "victim-cpu": 1,
          "budget-ms": 100,
        }),
      ]
    ) {
      const { available, outcome, errno } = result;
      assertEquals([available, outcome, errno], [false, "failed", "EAGAIN"], `${result["reason"]}`);
    }
    const filtered = { technique: membarrier, ...crew, filter: "enosys" };
    assertEquals((await ask(session, "cost", filtered))["outcome"], "refused");
  },
});

Deno.test({
  ...needs("a registration with many threads is no figure where there was one", {
    prlimit: hasProgram("prlimit"),
  }),
  async fn(): Promise<void> {
    await using session = await agentUnder(...NO_THREADS);
    const { outcome, reason, registerNs } = await ask(session, "registration", {
      technique: membarrier,
    });
    assertEquals(outcome, "failed");
    assertMatch(String(reason), /^registering with more than one thread: E/);
    const { coldSingle, warm, coldThreaded } = registerNs as Record<string, { count: number }>;
    assert(coldSingle!.count > 0 && warm!.count > 0);
    assertEquals(coldThreaded, null);
  },
});

Deno.test("a registration that is refused has no figures, and says so", async () => {
  await using session = await agentUnder();
  const asked = { technique: membarrier };
  for (const [filter, outcome] of [["none", "measured"], ["eperm", "refused"]] as const) {
    const answer = await ask(session, "registration", { ...asked, filter });
    assertEquals([answer["outcome"], answer["registerNs"] !== null], [
      outcome,
      outcome === "measured",
    ]);
  }
});

Deno.test("a CPU that is not there is a failure, not a refusal", async () => {
  await using session = await agentUnder();
  const { outcome, reason } = await ask(session, "cost", {
    technique: "none",
    "caller-cpus": [8000],
  });
  assertEquals([outcome, reason], ["failed", "the crew's threads cannot start: EINVAL"]);
});

Deno.test({
  ...needs("CPUs that are taken away in the middle of a run are noticed", {
    taskset: hasProgram("taskset"),
    "two CPUs": cpus >= 2,
  }),
  async fn(): Promise<void> {
    await using session = await agentUnder();
    const facts = await ask(session, "cpus", {}) as { online: number[]; allowed: number[] };
    const watch = new CpuWatch(facts);
    await watch.look(session, "quiet");
    assertEquals(watch.changes, []);
    const agent = familyOf(Deno.pid).find(({ parent }) => parent === Deno.pid)!;
    const cpu = facts.allowed[0]!;
    await new Deno.Command("taskset", { args: ["-pc", `${cpu}`, `${agent.pid}`] }).output();
    await watch.look(session, "less");
    assertEquals(watch.changes.map(({ step, which, after }) => [step, which, after]), [
      ["less", "allowed", `${cpu}`],
    ]);
  },
});

/** Ends the worker of the request that runs now, as the kernel does for want of memory. */
async function killWorker(): Promise<void> {
  let pid = 0;
  await until("a worker runs", () => {
    pid = familyOf(Deno.pid).find(({ name }) => name === "fencelab-worker")?.pid ?? 0;
    return pid > 0;
  });
  Deno.kill(pid, "SIGKILL");
}

Deno.test("a worker that is killed fails its measurement, is named, and no more", async () => {
  const killed: Promise<void>[] = [];
  const { run } = await runPlan(agentHost("here", build.agent), {
    name: "killed",
    experiments: [{
      experiment: "cost",
      techniques: ["none", "munmap", "getppid"],
      samples: 1_000_000_000,
      seconds: 2,
      siblings: [0],
      placements: "best",
      callers: [1],
      registration: false,
    }],
  }, {
    command: "x",
    onProgress: (_, label) => {
      if (label.startsWith("cost munmap") && killed.length === 0) killed.push(killWorker());
    },
  });
  await Promise.all(killed);
  const outcomes = resultsIn(run, "cost").map(({ technique, outcome }) => [technique, outcome]);
  assertEquals(outcomes, [["none", "measured"], ["munmap", "failed"], ["getppid", "measured"]]);
  const warning = run.warnings.find(({ code }) => code === "W050")!;
  assertMatch(warning.message, /^1 measurement failed \(.*signal 9.*\): cost munmap: /);
  assertEquals(adviceFor([run])[0]!.rungs[0]!.leftOut, null);
});
