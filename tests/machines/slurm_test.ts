import { assert, assertEquals, assertStringIncludes } from "@std/assert";

import { parseRun } from "../../lab/experiments/run/run_schema.ts";
import { lab } from "../fixtures/lab_process.ts";
import { capturing, gone, HostsFile, LongCapture } from "./lab.ts";
import { Slurm, slurmNeeds } from "./slurm.ts";
import { cpus, needs } from "../fixtures/needs.ts";
import { until } from "../fixtures/processes.ts";
import { noInstancesOf } from "../fixtures/tracing_instances.ts";

/** Why there is no cluster, or `null`: found out once, since it takes seconds. */
async function whyNot(): Promise<string | null> {
  if (Object.values(slurmNeeds).includes(false)) return null; // said by the needs themselves
  const slurm = await Slurm.start();
  if (typeof slurm === "string") return slurm;
  await slurm[Symbol.asyncDispose]();
  return null;
}

const reason = await whyNot();
const possible = {
  ...slurmNeeds,
  [reason === null ? "a Slurm that starts" : `a Slurm that starts (${reason})`]: reason === null,
};

async function start(): Promise<Slurm> {
  const slurm = await Slurm.start();
  if (typeof slurm === "string") throw new Error(slurm);
  return slurm;
}

Deno.test({
  ...needs("a plan runs on a node that Slurm gives", possible),
  async fn(): Promise<void> {
    await using slurm = await start();
    using hosts = new HostsFile(slurm.command("-w", "there", "--exclusive"));
    const { code, stdout, stderr } = await lab([
      ...["run", "--hosts", hosts.path, "--host", "there", "--json", "--out", hosts.store],
      ...["--experiment", "conformance", "--experiment", "cost"],
      ...["--technique", "membarrier-private-expedited"],
    ]);
    assertEquals(code, 0, stderr);
    const { results } = parseRun(stdout.trim(), "stdout");
    for (const result of results) {
      if (result.experiment !== "conformance") continue;
      const exec = result.cases.find(({ name }) => name.includes("over exec"));
      assertEquals(exec?.pass, true);
    }
    const costs = results.filter((one) => one.experiment === "cost");
    assertEquals(costs.map(({ siblings }) => siblings), cpus >= 2 ? [0, 1] : [0]);
    for (const { siblings, ipisPerOp } of costs) { // none is counted where the sibling never ran
      if (ipisPerOp) assertEquals(Math.round(ipisPerOp.value), siblings);
    }
    assertEquals(hosts.runs().length, 1);
    await until("the node is free again", () => slurm.steps().length === 0);
  },
});

Deno.test({
  ...needs("Slurm's own refusal is shown", possible),
  async fn(): Promise<void> {
    await using slurm = await start();
    using hosts = new HostsFile(slurm.command("-p", "nowhere"));
    const { code, stderr } = await lab([
      ...["run", "--hosts", hosts.path, "--host", "there", "--out", hosts.store],
    ]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "srun: error: ");
    assertStringIncludes(stderr, "Remedy: see 'sinfo'");
  },
});

/** A way to end a job, and what the lab then says; a killed one says nothing. */
interface End {
  readonly end: (slurm: Slurm, run: LongCapture) => void;
  readonly says: readonly string[];
}

const ENDS: Readonly<Record<string, End>> = {
  "a job that is cancelled": {
    end: (slurm) => slurm.cancelAll(),
    says: ["Lost host 'there': its command ", "CANCELLED AT", "Remedy: find out who ended the job"],
  },
  "a killed srun": {
    end: (_slurm, run) => Deno.kill(run.client("srun").pid, "SIGKILL"),
    says: ["its command was killed by SIGKILL"],
  },
  "a killed controller": {
    end: (_slurm, run) => Deno.kill(run.controller.pid, "SIGKILL"),
    says: [],
  },
};

for (const [what, { end, says }] of Object.entries(ENDS)) {
  Deno.test({
    ...needs(`${what} leaves nothing on the node`, { ...possible, "two CPUs": cpus >= 2 }),
    async fn(): Promise<void> {
      await using slurm = await start();
      using hosts = new HostsFile(slurm.command(), { silenceSeconds: 5 });
      const run = new LongCapture(hosts);
      const there = await capturing(run, () => slurm.steps());
      const here = run.family();
      end(slurm, run);
      const { code, stderr } = await run.end();
      assert(code !== 0, stderr);
      for (const part of says) assertStringIncludes(stderr, part);
      await until("nothing runs there", () => gone(there));
      await until("nothing runs here", () => gone(here));
      assertEquals(hosts.runs(), []);
      // Slurm then kills all of a step at once, so nobody is left to do it: the next capture does
      if (what === "a killed srun") await captureBriefly(hosts);
      await until("no instance is left", () => noInstancesOf(there));
    },
  });
}

async function captureBriefly(hosts: HostsFile): Promise<void> {
  const { code, stderr } = await lab([
    ...["run", "--hosts", hosts.path, "--host", "there", "--out", hosts.store],
    ...["--experiment", "capture", "--technique", "none", "--seconds", "0.1"],
  ]);
  assertEquals(code, 0, stderr);
}
