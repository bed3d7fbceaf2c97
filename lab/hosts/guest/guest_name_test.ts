import { assertEquals, assertThrows } from "@std/assert";

import { HostError } from "../../format/host_error.ts";
import { isGuestName, parseGuestName } from "./guest_name.ts";

Deno.test("a guest's name says architecture, kernel and options, with defaults for the rest", () => {
  assertEquals(parseGuestName("qemu-arm64"), {
    name: "qemu-arm64",
    arch: "aarch64",
    kernel: { series: "6.12", flavour: "standard" },
    cpus: 2,
    memoryMb: 512,
    cpuModel: null,
    hostCpus: null,
    accelerator: null,
  });
  const full = parseGuestName(
    "qemu-ppc64el@6.12-64k?cpus=4&memory=1024&cpu=power10&host-cpus=0-1,3",
  );
  assertEquals(full.arch, "ppc64le");
  assertEquals(full.kernel, { series: "6.12", flavour: "64k" });
  assertEquals([full.cpus, full.memoryMb, full.cpuModel, full.hostCpus], [4, 1024, "power10", [
    0,
    1,
    3,
  ]]);
  for (
    const [name, version, flavour] of [
      ["qemu-arm64@6.12.107", "6.12.107", "standard"],
      ["qemu-arm64@6.12.107-rt", "6.12.107", "rt"],
      ["qemu-ppc64le@6.12.107-64k?cpus=4", "6.12.107", "64k"],
    ] as const
  ) {
    assertEquals(parseGuestName(name).kernel, { series: "6.12", flavour, version });
  }
  assertEquals(parseGuestName("qemu-amd64@/boot/vmlinuz?accel=tcg").kernel, {
    path: "/boot/vmlinuz",
  });
  assertEquals([isGuestName("qemu-arm64@6.1"), isGuestName("local")], [true, false]);
});

for (
  const [name, part] of [
    ["qemu-riscv64", "no emulated host is called 'qemu-riscv64'"],
    ["qemu-arm64@5.10", "kernel '5.10' is not known"],
    ["qemu-arm64@6.13.1", "kernel '6.13.1' is not known. Remedy: @6.1, @6.12"],
    ["qemu-arm64@6.12.", "kernel '6.12.' is not known"],
    ["qemu-arm64@6.12.107-64k", "Debian has no kernel 6.12.107-64k for aarch64"],
    ["qemu-ppc64le@6.1-rt", "Debian has no kernel 6.1-rt for ppc64le"],
    ["qemu-arm64@6.12-64k", "Debian has no kernel 6.12-64k for aarch64"],
    ["qemu-arm64?cpus=0", "cpus='0' is not a number from 1 to 64"],
    ["qemu-arm64?cpus=2&cpus=3", "option 'cpus=3' is not understood"],
    ["qemu-arm64?colour=red", "option 'colour=red' is not understood"],
    ["qemu-arm64?cpu=-device", "'-device' is no CPU model"],
    ["qemu-arm64?host-cpus=x", "host-cpus='x' is no list of CPUs"],
    ["qemu-arm64?accel=xen", "accel='xen' is not known"],
  ] as const
) {
  Deno.test(`the guest name ${name} is refused with its cause`, () => {
    assertThrows(() => parseGuestName(name), HostError, part);
  });
}
