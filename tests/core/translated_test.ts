import { assert, assertEquals, assertStringIncludes } from "@std/assert";

import { ensureBuild } from "../../ffi/build.ts";
import type { Architecture } from "../../ffi/toolchain.ts";
import { viewOfRun } from "../../lab/experiments/host_collector.ts";
import { resultsIn } from "../../lab/experiments/run/results_in.ts";
import { checkRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import type { LabHost } from "../../lab/hosts/host.ts";
import { soundnessOf } from "../../lab/ladders/soundness.ts";
import type { Plan } from "../../lab/plan/plan.ts";
import { runPlan } from "../../lab/plan/run_plan.ts";
import { renderRun } from "../../lab/show/run.ts";
import { agentHost } from "../fixtures/agent_host.ts";
import { build } from "../fixtures/doors.ts";
import { cpus, hasProgram, needs } from "../fixtures/needs.ts";

const COMPILERS: Readonly<Record<Architecture, string>> = {
  x86_64: "gcc",
  aarch64: "aarch64-linux-gnu-gcc",
  ppc64le: "powerpc64le-linux-gnu-gcc",
};

/** As a container's shell leads into a translator, that of `docker run --platform` for one. */
async function translatedHost(arch: Architecture): Promise<LabHost> {
  return agentHost("container", `qemu-${arch}`, (await ensureBuild(arch)).agent);
}

const techniques = ["none", "mprotect", "membarrier-private-expedited"];

const plan: Plan = {
  name: "translated",
  experiments: [{
    experiment: "cost",
    techniques,
    siblings: [1],
    placements: "best",
    callers: [1],
    samples: 500,
    seconds: 0.5,
    registration: false,
  }],
};

function codesOf({ warnings }: Run): string[] {
  return warnings.map(({ code }) => code);
}

for (const arch of ["x86_64", "aarch64", "ppc64le"] as const) {
  Deno.test({
    ...needs(`a translated ${arch} agent does not pass for hardware`, {
      [`qemu-${arch}`]: hasProgram(`qemu-${arch}`),
      [COMPILERS[arch]]: hasProgram(COMPILERS[arch]),
      "two CPUs": cpus >= 2,
    }),
    async fn(): Promise<void> {
      const fresh = await runPlan(await translatedHost(arch), plan, { command: "x" });
      const run = checkRun(JSON.parse(JSON.stringify(fresh.run)), "the run");
      const { host, environment, warnings } = run;
      assertEquals(
        [host.arch, host.emulated, host.translator],
        [arch, true, { name: "qemu-user", machine: build.arch }],
      );
      const { evidence } = environment["translation"] as { evidence: string[] };
      assertStringIncludes(evidence[0]!, `qemu-${arch}`);
      const warning = warnings.find(({ code }) => code === "W051");
      assert(warning?.invalidates, JSON.stringify(warnings));

      // Interrupts are those of the machine below, and so is what is said of its TLB flushes
      assertEquals(codesOf(run).includes("W036"), build.arch !== "x86_64");
      assert(!codesOf(run).includes("W037"));
      const [mprotect] = resultsIn(run, "cost").filter(({ technique }) => technique === "mprotect");
      assert(mprotect!.available, mprotect!.reason ?? "");
      if (build.arch === "x86_64" && mprotect!.ipisPerOp !== null) {
        assert(mprotect!.ipisPerOp.value > 1, `${mprotect!.ipisPerOp.value} per operation`);
      }
      const { soundness, why } = soundnessOf(viewOfRun(run).run, "mprotect", "ordering");
      assert(soundness !== "observed", why);
      assert(build.arch !== "x86_64" || !why.includes("broadcast"), why);

      const text = renderRun(run, { color: false, width: 200 });
      assertStringIncludes(text, `translated by qemu-user on ${build.arch}`);
      assertStringIncludes(text, "emulated: semantics only, times mean nothing");
    },
  });
}

Deno.test("an agent that a processor runs is not taken for a translated one", async () => {
  const native = agentHost("itself", build.agent);
  const { run } = await runPlan(native, { ...plan, experiments: [] }, { command: "x" });
  assertEquals(run.host.translator, null);
  assert(!codesOf(run).includes("W051") && !codesOf(run).includes("W052"));
});
