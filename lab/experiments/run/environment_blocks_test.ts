import { assertEquals } from "@std/assert";
import type { Guest } from "../../format/host_schema.ts";
import type { Environment } from "../../environment/environment.ts";
import { sampleRun } from "../../testdata/sample_run.ts";
import { renderBlocks } from "../../document/terminal.ts";
import type { RenderOptions } from "../../text/style.ts";
import { environmentBlocks } from "./environment_blocks.ts";
import { viewOfRun } from "../host_collector.ts";
import type { Run } from "./run_schema.ts";

const OPTIONS = { color: false, width: 120 };

function renderEnvironment(run: Run, options: RenderOptions): string {
  return renderBlocks(environmentBlocks(viewOfRun(run)), options);
}

/** The parts of an environment that are shown; checked against the type that runs are made with. */
const SHOWN = {
  cpu: { model: "Xeon\x1b[2J" },
  cpus: { allowed: "0-1", isolated: "", nohzFull: "1" },
  topology: { threadsPerCore: 2 },
  frequency: { governor: "powersave" },
  kernel: { preemption: "PREEMPT_RT", lockdown: "integrity" },
  cgroup: { cpuQuota: { cpus: 1.5, quotaUs: 150_000, periodUs: 100_000 } },
  clock: { clocksource: "tsc", readNs: 20.13, stepNs: 10 },
  load: {
    before: { one: 0.1, five: 0, fifteen: 0, running: 1, total: 1 },
    after: { one: 1.25, five: 0, fifteen: 0, running: 1, total: 1 },
  },
} satisfies { [Key in keyof Environment]?: Partial<Environment[Key]> };

Deno.test("environmentBlocks() shows what explains numbers in a few lines", () => {
  assertEquals(renderEnvironment(sampleRun({ environment: SHOWN }), OPTIONS).split("\n"), [
    "  host     local, x86_64, Linux 6.18.44, 2 CPUs, 4 KiB pages, kvm",
    "  CPU      Xeon\\x1b[2J, allowed CPUs 0-1, threads per core 2, governor powersave, nohz_full 1",
    "  kernel   PREEMPT_RT, lockdown integrity, CPU quota 1.5",
    "  clock    tsc, one read 20.1 ns, step 10.0 ns",
    "  load     before 0.1, after 1.25",
  ]);
});

Deno.test("environmentBlocks() shows a guest's kernel, and why it may not be the newest", () => {
  const guest: Guest = {
    qemu: "7.2",
    accelerator: "tcg",
    machine: "virt",
    cpuModel: "max",
    memoryMb: 512,
    hostCpus: [0],
    restored: false,
    tries: 1,
    kernelPackage: "linux-image-6.12.1 6.12.1-1",
    kernelSha256: "0".repeat(64),
  };
  const shown = (kernelProblem?: string | null): string | undefined => {
    const known = { ...guest, ...(kernelProblem === undefined ? {} : { kernelProblem }) };
    const host = { ...sampleRun().host, guest: known };
    return renderEnvironment(sampleRun({ host }), OPTIONS).split("\n")[1];
  };
  assertEquals(shown(), "  package  linux-image-6.12.1 6.12.1-1"); // of an older fencelab
  assertEquals(shown(null), shown());
  assertEquals(shown("404\n"), `${shown()}, may not be the newest: 404\\x0a`);
});

Deno.test("environmentBlocks() shows a host whose environment is unknown or odd", () => {
  const host = { ...sampleRun().host, name: "guest\n", via: "qemu", emulated: true } as const;
  const environment = { cpu: "text", clock: { readNs: "fast" }, load: { before: null } };
  const line =
    "  host     guest\\x0a by qemu, x86_64, Linux 6.18.44, 2 CPUs, 4 KiB pages, emulated";
  assertEquals(renderEnvironment(sampleRun({ host }), OPTIONS), line);
  assertEquals(renderEnvironment(sampleRun({ host, environment }), OPTIONS), line);
});
