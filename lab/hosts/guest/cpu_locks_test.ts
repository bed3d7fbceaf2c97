import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";

import { HostError } from "../../format/host_error.ts";
import { CpuLocks } from "./cpu_locks.ts";

const module = new URL("cpu_locks.ts", import.meta.url).href;

/** A process that takes CPUs and keeps them until it is killed. */
async function holder(directory: string, cpus: readonly number[]): Promise<Deno.ChildProcess> {
  const claim = JSON.stringify({ host: "qemu-arm64", owner: "alice\u001b[1m on desk", cpus });
  const script = `import { CpuLocks } from "${module}";
    const locks = await CpuLocks.take("${directory}", ${claim});
    console.log("taken");
    setInterval(() => locks, 1000);`;
  const file = `${directory}/holder.ts`;
  await Deno.writeTextFile(file, script);
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", `--config=${config}`, file],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "taken\n");
  await reader.cancel();
  return child;
}

Deno.test("whoever comes second is told who has the CPUs; a killed owner has none", async () => {
  const directory = await Deno.makeTempDir({ prefix: "fencelab-test-" });
  const child = await holder(directory, [0, 1]);
  try {
    const claim = { host: "qemu-ppc64le", owner: "bob", cpus: [3, 1, 2] };
    const error = await assertRejects(() => CpuLocks.take(directory, claim), HostError);
    assertStringIncludes(error.message, "Cannot use host 'qemu-ppc64le': of its CPUs 1-3 some");
    assertStringIncludes(error.message, "'qemu-arm64 of alice\\x1b[1m on desk'");
    assertStringIncludes(error.message, "Remedy: wait until that run has ended");
    using _others = await CpuLocks.take(directory, { ...claim, cpus: [2, 3] });
    child.kill("SIGKILL");
    await child.status;
    using _all = await CpuLocks.take(directory, { ...claim, cpus: [0, 1] });
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // it has ended above
    }
    await child.status;
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("CPUs are taken all or none, and given back", async () => {
  const directory = await Deno.makeTempDir({ prefix: "fencelab-test-" });
  const claim = { host: "qemu-arm64", owner: "alice" };
  try {
    {
      using _one = await CpuLocks.take(directory, { ...claim, cpus: [1] });
      const both = { ...claim, cpus: [0, 1] };
      await assertRejects(() => CpuLocks.take(directory, both), HostError, "'qemu-arm64 of alice'");
      using _zero = await CpuLocks.take(directory, { ...claim, cpus: [0] });
    }
    using _both = await CpuLocks.take(directory, { ...claim, cpus: [0, 1, 1] });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
