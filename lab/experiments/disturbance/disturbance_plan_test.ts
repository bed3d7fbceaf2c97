import { assert, assertEquals } from "@std/assert";
import type { Topology } from "../../environment/topology.ts";
import { disturbanceSteps, fullDisturbance } from "./disturbance_plan.ts";
import type { Machine, Step } from "../step.ts";

const header = Deno.readTextFileSync(
  new URL("../../../ffi/core/disturbance/disturbance.h", import.meta.url),
);

/** A machine of cores that share nothing but their node. */
function machine(cpus: number): Machine {
  const topology: Topology = Array.from({ length: cpus }, (_, cpu) => ({
    cpu,
    core: `${cpu}`,
    cache: `cache${cpu}`,
    node: "node0",
    package: "package0",
  }));
  return { arch: "x86_64", topology, allowed: topology.map(({ cpu }) => cpu) };
}

function callers({ parameters }: Step): number {
  return (parameters["caller-cpus"] as readonly number[]).length;
}

Deno.test("disturbanceSteps() asks for no more callers than the core takes", () => {
  const { steps } = disturbanceSteps(fullDisturbance, machine(256));
  assertEquals([...new Set(steps.map(callers))], [1, 2, 4, 8, 16, 32, 64]);
  assert(/DISTURBANCE_CALLERS = 64\b/.test(header), "the core takes another number");
});

Deno.test("disturbanceSteps() asks for no more time than the core's blocks have", () => {
  const { steps } = disturbanceSteps({ ...fullDisturbance, seconds: 3600 }, machine(2));
  assertEquals([...new Set(steps.map(({ parameters }) => parameters["budget-ms"]))], [40_960]);
  assert(steps.every(({ seconds }) => seconds < 42));
  const [blocks, ms] = [/DISTURBANCE_BLOCKS = (\d+)/, /BLOCK_MS = (\d+)/].map((name) =>
    Number(name.exec(header)?.[1])
  );
  assertEquals(blocks! * 2 * ms!, 40_960, "the core's blocks have another length");
});

Deno.test("disturbanceSteps() lets signals storm within their process only", () => {
  const { steps } = disturbanceSteps(fullDisturbance, machine(2));
  const victims = (technique: string): Set<unknown> =>
    new Set(
      steps.filter((step) => step.technique === technique).map(({ parameters }) =>
        parameters["victim"]
      ),
    );
  assertEquals(victims("signal"), new Set(["same-process"]));
  assertEquals(victims("munmap"), new Set(["same-process", "other-process"]));
  assertEquals(victims("membarrier-global-expedited").size, 3);
});
