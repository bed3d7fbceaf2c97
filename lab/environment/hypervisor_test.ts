import { assertEquals } from "@std/assert";
import { hypervisorOf, mayBeXenPv } from "./hypervisor.ts";
import { factsOf, withBootOption, withFiles } from "./testdata/fixtures.ts";

const DMI = "/sys/class/dmi/id/";
const CLOCKS = "/sys/devices/system/clocksource/clocksource0/available_clocksource";

Deno.test("hypervisorOf() names the hypervisor of each recorded host", () => {
  const expected = {
    kvm: "kvm",
    xeon: null,
    epyc: null,
    altra: null,
    hyperv: "hyperv",
    lpar: "powervm",
    qemuPower: "qemu-tcg",
    qemuArm: "unknown",
  } as const;
  for (const [name, hypervisor] of Object.entries(expected)) {
    assertEquals(hypervisorOf(factsOf(name as keyof typeof expected)), hypervisor, name);
  }
});

Deno.test("hypervisorOf() goes by the CPU's flag, not by a cloud's name in bare metal's firmware", () => {
  const metal = withFiles(factsOf("xeon"), {
    [`${DMI}sys_vendor`]: "Amazon EC2\n",
    [`${DMI}product_name`]: "c6i.metal\n",
  });
  assertEquals(hypervisorOf(metal), null);
  const surface = withFiles(factsOf("xeon"), { [`${DMI}sys_vendor`]: "Microsoft Corporation\n" });
  assertEquals(hypervisorOf(surface), null);
});

Deno.test("hypervisorOf() tells x86 QEMU with KVM from QEMU without by the KVM clock", () => {
  const qemu = withFiles(factsOf("kvm"), { [`${DMI}sys_vendor`]: "QEMU\n" });
  assertEquals(hypervisorOf(qemu), "kvm");
  const noClock = withFiles(qemu, { [CLOCKS]: "tsc hpet acpi_pm\n" });
  assertEquals(hypervisorOf(noClock), "qemu-tcg");
  assertEquals(hypervisorOf(withBootOption(noClock, "no-kvmclock")), "unknown");
});

Deno.test("hypervisorOf() knows vendors by firmware and clocks where firmware says nothing", () => {
  const bare = withFiles(factsOf("kvm"), { [CLOCKS]: "tsc\n" });
  assertEquals(hypervisorOf(bare), "unknown");
  const vmware = withFiles(bare, { [`${DMI}sys_vendor`]: "VMware, Inc.\n" });
  assertEquals(hypervisorOf(vmware), "vmware");
  assertEquals(hypervisorOf(withFiles(bare, { [CLOCKS]: "xen tsc\n" })), "xen");
  const hyperv = withFiles(bare, { [CLOCKS]: "hyperv_clocksource_tsc_page tsc\n" });
  assertEquals(hypervisorOf(hyperv), "hyperv");
  const tcg = "flags\t: hypervisor\nmodel name\t: QEMU TCG CPU version 2.5+\n";
  assertEquals(hypervisorOf(withFiles(bare, { "/proc/cpuinfo": tcg })), "qemu-tcg");
});

Deno.test("hypervisorOf() takes Xen's own word", () => {
  const xen = withFiles(factsOf("xeon"), { "/sys/hypervisor/type": "xen\n" });
  assertEquals(hypervisorOf(xen), "xen");
});

Deno.test("hypervisorOf() tells ppc64le under KVM, QEMU, PowerVM and OPAL apart", () => {
  const kvm = withFiles(factsOf("qemuPower"), {
    "/proc/device-tree/hypervisor/compatible": "linux,kvm\0",
  });
  assertEquals(hypervisorOf(kvm), "kvm");
  const metal = withFiles(factsOf("lpar"), {
    "/proc/cpuinfo": "platform\t: PowerNV\nmachine\t: PowerNV 9006-22P\nMMU\t: Radix\n",
    "/proc/device-tree/model": "9006-22P\0",
  });
  assertEquals(hypervisorOf(metal), null);
});

Deno.test("hypervisorOf() tells arm64 guests by firmware, device tree and product", () => {
  const altra = factsOf("altra");
  const product = (vendor: string, name: string): string | null =>
    hypervisorOf(
      withFiles(altra, { [`${DMI}sys_vendor`]: vendor, [`${DMI}product_name`]: name }),
    );
  assertEquals(product("QEMU", "KVM Virtual Machine"), "kvm");
  assertEquals(product("QEMU", "QEMU Virtual Machine"), "qemu-tcg");
  assertEquals(product("QEMU", "other"), "unknown");
  assertEquals(product("Amazon EC2", "c7g.large"), "kvm");
  assertEquals(product("Amazon EC2", "c7g.metal"), null);
  const compatible = { "/proc/device-tree/hypervisor/compatible": "xen,xen-4.17\0xen,xen\0" };
  assertEquals(hypervisorOf(withFiles(factsOf("qemuArm"), compatible)), "xen");
});

Deno.test("mayBeXenPv() goes by the guest type, else by HVM firmware, else cannot exclude it", () => {
  const xen = factsOf("kvm");
  assertEquals(mayBeXenPv(xen), true);
  assertEquals(mayBeXenPv(withFiles(xen, { [`${DMI}product_name`]: "HVM domU\n" })), false);
  assertEquals(mayBeXenPv(withFiles(xen, { "/sys/hypervisor/guest_type": "PVH\n" })), false);
  const pv = { "/sys/hypervisor/guest_type": "PV\n", [`${DMI}product_name`]: "HVM domU\n" };
  assertEquals(mayBeXenPv(withFiles(xen, pv)), true);
});
