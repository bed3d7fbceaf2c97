import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";

import { ensureBuild } from "../../ffi/build.ts";
import { findProgram } from "../../ffi/find_program.ts";
import { bootGuest, qemuVersion } from "../../lab/hosts/guest/boot.ts";
import { parseGuestName } from "../../lab/hosts/guest/guest_name.ts";
import { prepareKernel } from "../../lab/hosts/guest/kernel.ts";
import { HostError } from "../../lab/format/host_error.ts";
import { builtInPlans, changePlan } from "../../lab/plan/plan.ts";
import { runPlan } from "../../lab/plan/run_plan.ts";
import { guestNeed, GuestPlace, guestProcesses } from "./place.ts";
import { lab } from "../fixtures/lab_process.ts";
import { hasProgram, isRoot, needs } from "../fixtures/needs.ts";
import { until } from "../fixtures/processes.ts";

const KERNEL = "aarch64-6.12-standard";
const arm64 = {
  ...guestNeed("qemu-arm64@6.12"),
  "aarch64-linux-gnu-gcc": hasProgram("aarch64-linux-gnu-gcc"),
};
const quick = ["--experiment", "cost", "--technique", "getppid", "--seconds", "0.05"];

Deno.test({
  ...needs("a guest that panics at boot is tried three times, and its console shown", arm64),
  async fn(): Promise<void> {
    using place = new GuestPlace(KERNEL);
    const spec = parseGuestName("qemu-arm64");
    const loader = `${place.home}/loader`;
    await Deno.writeTextFile(loader, "no program");
    const labels: string[] = [];
    const booting = bootGuest(spec, {
      directory: place.guests,
      scratch: place.home,
      qmp: `${place.guests}/qmp.sock`,
      qemu: await qemuVersion(spec),
      kernel: await prepareKernel(spec, { cache: `${place.cache}/kernels`, offline: true }),
      loader,
      fresh: false,
      signal: new AbortController().signal,
      onProgress: (label) => labels.push(label),
    });
    const { message } = await assertRejects(() => booting, HostError);
    assertStringIncludes(message, "Cannot boot host 'qemu-arm64' in 3 tries: ");
    assertStringIncludes(message, "Its console ends with:\n");
    assertStringIncludes(message, "Kernel panic - not syncing: No working init found");
    assertStringIncludes(message, "\nRemedy: ");
    assertEquals(labels, [
      "booting qemu-arm64",
      "booting qemu-arm64, try 2 of 3",
      "booting qemu-arm64, try 3 of 3",
    ]);
    assertEquals(guestProcesses(), []);
    assertEquals(place.files().filter((name) => name.startsWith("guest-")), []);
  },
});

Deno.test({
  ...needs("a guest that stops is noticed, ended, and its console shown", arm64),
  async fn(): Promise<void> {
    await ensureBuild("aarch64");
    using place = new GuestPlace(KERNEL);
    const plan = changePlan(builtInPlans.quick, { experiments: ["cost"], seconds: 60 });
    const running = runPlan(place.host("qemu-arm64", 2), plan, {
      command: "none",
      onProgress: (_, label) => {
        if (label.startsWith("cost")) Deno.kill(guestProcesses()[0]!.pid, "SIGSTOP");
      },
    });
    const { message } = await assertRejects(() => running, HostError);
    assertStringIncludes(message, "the guest 'qemu-arm64': it has been silent for 2 s. Remedy: ");
    assertStringIncludes(message, "Its console ends with:\n");
    await until("QEMU is gone", () => guestProcesses().length === 0);
    assertEquals(place.files().filter((name) => /scratch|sock/.test(name)), []);
  },
});

Deno.test({
  ...needs("a guest that dies in mid-run is named with its console", arm64),
  async fn(): Promise<void> {
    await ensureBuild("aarch64");
    using place = new GuestPlace(KERNEL);
    const plan = changePlan(builtInPlans.quick, { experiments: ["cost"], seconds: 60 });
    const running = runPlan(place.host("qemu-arm64"), plan, {
      command: "none",
      onProgress: (_, label) => {
        const [qemu] = guestProcesses();
        if (qemu && label.startsWith("cost")) Deno.kill(qemu.pid, "SIGKILL");
      },
    });
    const { message } = await assertRejects(() => running, HostError);
    assertStringIncludes(message, "Lost the guest 'qemu-arm64': its command was killed by SIGKILL");
    assertStringIncludes(message, "Its console ends with:\n");
  },
});

Deno.test({
  ...needs("without QEMU the package that has it is named, before anything is fetched", arm64),
  async fn(): Promise<void> {
    await ensureBuild("aarch64");
    using place = new GuestPlace(KERNEL);
    await Deno.remove(`${place.cache}/kernels`, { recursive: true });
    const { code, stdout, stderr } = await lab(
      ["run", "--host", "qemu-arm64", ...quick, "--out", place.store, "--json"],
      { env: { PATH: place.home, XDG_CACHE_HOME: place.home } },
    );
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(
      stderr,
      "Cannot use host 'qemu-arm64': 'qemu-system-aarch64' is not on PATH. " +
        "Remedy: apt-get install qemu-system-arm",
    );
    assertEquals(place.files(), []);
  },
});

const smallDisk = { ...arm64, "root (to mount)": isRoot };

Deno.test({
  ...needs("a disk too small for a saved guest costs only that", smallDisk),
  async fn(): Promise<void> {
    await ensureBuild("aarch64");
    using place = new GuestPlace(KERNEL);
    place.limit("8m");
    const labels: string[] = [];
    {
      const host = place.host("qemu-arm64");
      await using connection = await host.open({ onProgress: (label) => labels.push(label) });
      const [reply] = await connection.session.request("environment");
      assertEquals((reply!.result["uname"] as { machine: string }).machine, "aarch64");
      assertEquals(connection.guest?.restored, false);
    }
    assert(labels.some((label) => label.startsWith("not saved: Cannot write '")), labels.join());
    assertEquals(place.files().filter((name) => name.startsWith("guest-")), []);
  },
});

Deno.test({
  ...needs(
    "a disk too small to start a guest is named, and nothing half written is left",
    smallDisk,
  ),
  async fn(): Promise<void> {
    await ensureBuild("aarch64");
    using place = new GuestPlace(KERNEL);
    place.limit("128k");
    const host = place.host("qemu-arm64?host-cpus=0");
    const { message } = await assertRejects(() => host.open(), HostError);
    assertStringIncludes(message, `Cannot write '${place.guests}/initramfs-aarch64-`);
    assertStringIncludes(message, "Remedy: make room there, or set XDG_CACHE_HOME");
    for (const name of place.files()) {
      if (name.endsWith(".lock")) await Deno.remove(`${place.guests}/${name}`);
    }
    // It fails, having filled all that there is
    await Deno.writeFile(`${place.guests}/filler`, new Uint8Array(1 << 17)).catch(() => {});
    const full = await assertRejects(() => host.open(), HostError);
    assertStringIncludes(full.message, `the cache '${place.guests}' cannot be used (`);
    assertStringIncludes(full.message, "Remedy: free space there, or set XDG_CACHE_HOME");
    assertEquals(place.files().filter((name) => name.startsWith("initramfs")), []);
  },
});

Deno.test({
  ...needs(
    "a guest whose CPUs another controller's guest uses is refused, naming its owner",
    arm64,
  ),
  async fn(): Promise<void> {
    await ensureBuild("aarch64");
    using place = new GuestPlace(KERNEL);
    const args = ["run", "--host", "qemu-arm64?host-cpus=0", ...quick, "--out", place.store];
    {
      const host = place.host("qemu-arm64?host-cpus=0");
      await using _first = await host.open({ owner: "alice on desk" });
      const { code, stderr } = await lab(args, { env: { XDG_CACHE_HOME: place.home } });
      assertEquals(code, 1);
      assertStringIncludes(stderr, "used by 'qemu-arm64?host-cpus=0 of alice on desk'");
      assertStringIncludes(stderr, "Remedy: wait until that run has ended");
    }
    const { code, stderr } = await lab(args, { env: { XDG_CACHE_HOME: place.home } });
    assertEquals(code, 0, stderr);
  },
});

const X86 = "x86_64-6.12-standard";

Deno.test({
  ...needs("KVM that fails is replaced by emulation, which is remembered", {
    ...guestNeed("qemu-x86_64@6.12"),
    "x86-64": Deno.build.arch === "x86_64",
  }),
  async fn(): Promise<void> {
    using place = new GuestPlace(X86);
    const path = Deno.env.get("PATH") ?? "";
    const log = `${place.home}/kvm.log`;
    // QEMU on a machine where KVM cannot be used, whatever this one can do
    await Deno.writeTextFile(
      `${place.home}/qemu-system-x86_64`,
      `#!/bin/sh
case " $* " in *" -accel kvm "*)
  echo tried >>'${log}'; echo 'failed to initialize kvm' >&2; exit 1 ;;
esac
exec '${findProgram("qemu-system-x86_64", path)}' "$@"
`,
      { mode: 0o755 },
    );
    const args = ["run", "--host", "qemu-x86_64", ...quick, "--out", place.store, "--json"];
    const env = { PATH: `${place.home}:${path}`, XDG_CACHE_HOME: place.home };
    for (const restored of [false, true]) {
      const { code, stdout, stderr } = await lab(args, { env });
      assertEquals(code, 0, stderr);
      const { guest, emulated } = JSON.parse(stdout).host;
      assertEquals([guest.accelerator, guest.restored, emulated], ["tcg", restored, true]);
      assert(place.files().includes("kvm-broken"));
      assertEquals(await Deno.readTextFile(log), "tried\n");
    }
    // Who asks for KVM gets it or an error
    const asked = await lab(["run", "--host", "qemu-x86_64?accel=kvm", ...args.slice(3)], { env });
    assertEquals(asked.code, 1);
    assertStringIncludes(asked.stderr, "failed to initialize kvm");
  },
});
