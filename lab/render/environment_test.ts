import { assertEquals } from "@std/assert";
import type { Environment } from "../environment/environment.ts";
import { sampleRun } from "../schema/sample_run.ts";
import { renderEnvironment } from "./environment.ts";

const OPTIONS = { color: false, width: 120 };

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

Deno.test("renderEnvironment() shows what explains numbers in a few lines", () => {
  assertEquals(renderEnvironment(sampleRun({ environment: SHOWN }), OPTIONS).split("\n"), [
    "  host     local, x86_64, Linux 6.18.44, 2 CPUs, 4 KiB pages, kvm",
    "  CPU      Xeon\\x1b[2J, allowed CPUs 0-1, threads per core 2, governor powersave, nohz_full 1",
    "  kernel   PREEMPT_RT, lockdown integrity, CPU quota 1.5",
    "  clock    tsc, one read 20.1 ns, step 10.0 ns",
    "  load     before 0.1, after 1.25",
  ]);
});

Deno.test("renderEnvironment() shows a host whose environment is unknown or odd", () => {
  const host = { ...sampleRun().host, name: "guest\n", via: "qemu", emulated: true } as const;
  const environment = { cpu: "text", clock: { readNs: "fast" }, load: { before: null } };
  const line =
    "  host     guest\\x0a by qemu, x86_64, Linux 6.18.44, 2 CPUs, 4 KiB pages, emulated";
  assertEquals(renderEnvironment(sampleRun({ host }), OPTIONS), line);
  assertEquals(renderEnvironment(sampleRun({ host, environment }), OPTIONS), line);
});
