import type { Architecture } from "../../ffi/toolchain.ts";
import { assertEquals } from "@std/assert";
import { normaliseArch } from "./arch.ts";
import { armModelName } from "./arm_parts.ts";
import { type CpuInfo, parseCpuInfo } from "./cpuinfo.ts";
import { factsOf, type FixtureName } from "./testdata/fixtures.ts";

function cpuOf(name: FixtureName): CpuInfo {
  const facts = factsOf(name);
  return parseCpuInfo(facts.files["/proc/cpuinfo"]!, normaliseArch(facts.uname.machine));
}

Deno.test("normaliseArch() understands the spellings of kernels, Debian and compilers", () => {
  const spellings: [string, Architecture | null][] = [
    ["amd64", "x86_64"],
    ["x86_64", "x86_64"],
    ["arm64", "aarch64"],
    ["aarch64", "aarch64"],
    ["ppc64el", "ppc64le"],
    ["ppc64le", "ppc64le"],
    ["PowerPC64le", "ppc64le"],
    [" amd64\n", "x86_64"],
    ["riscv64", null],
    ["ppc64", null],
  ];
  for (const [name, arch] of spellings) assertEquals(normaliseArch(name), arch, name);
});

Deno.test("parseCpuInfo() reads x86: names, numbers and flags", () => {
  assertEquals(cpuOf("kvm"), {
    model: "AMD EPYC",
    vendor: "AuthenticAMD",
    family: 25,
    modelNumber: 17,
    stepping: "1",
    microcode: "0x1000065",
    flags: {
      invlpgb: false,
      hypervisor: true,
      constant_tsc: true,
      nonstop_tsc: true,
      tsc_known_freq: true,
      pcid: true,
      x2apic: true,
      monitor: false,
    },
    platform: null,
    machine: null,
    mmu: null,
  });
  assertEquals(cpuOf("xeon").flags?.monitor, true);
});

Deno.test("parseCpuInfo() takes whole flags only", () => {
  const info = parseCpuInfo("processor\t: 0\nflags\t\t: monitorx noinvlpgb\n", "x86_64");
  assertEquals([info.flags?.monitor, info.flags?.invlpgb], [false, false]);
});

Deno.test("parseCpuInfo() names arm64 cores and their steppings", () => {
  const altra = cpuOf("altra");
  assertEquals([altra.model, altra.vendor, altra.stepping], ["Neoverse-N1", "0x41", "r3p1"]);
  assertEquals(cpuOf("qemuArm").model, "Cortex-A72");
});

Deno.test("parseCpuInfo() names each kind of core of a mixed arm64 machine once", () => {
  const core = (part: string): string => `CPU implementer\t: 0x41\nCPU part\t: ${part}\n\n`;
  const info = parseCpuInfo(core("0xd03") + core("0xd03") + core("0xd08"), "aarch64");
  assertEquals(info.model, "Cortex-A53 + Cortex-A72");
});

Deno.test("armModelName() knows the well-known cores and quotes the codes of others", () => {
  const names: [string, string, string][] = [
    ["0x41", "0xd07", "Cortex-A57"],
    ["0x41", "0xd40", "Neoverse-V1"],
    ["0x41", "0xd49", "Neoverse-N2"],
    ["0x41", "0xd4f", "Neoverse-V2"],
    ["0xc0", "0xac3", "Ampere-1"],
    ["0xc0", "0xac4", "Ampere-1a"],
    ["0x48", "0xd01", "HiSilicon TSV110"],
    ["0x43", "0x0af", "Cavium ThunderX2"],
    ["0x61", "0x022", "Apple part 0x022"],
    ["0x41", "0xfff", "implementer 0x41 part 0xfff"],
    ["0x77", "0x001", "implementer 0x77 part 0x001"],
  ];
  for (const [implementer, part, name] of names) {
    assertEquals(armModelName(implementer, part), name);
  }
});

Deno.test("parseCpuInfo() reads ppc64le: machine, platform and MMU from the last block", () => {
  const guest = cpuOf("qemuPower");
  assertEquals(guest.model, "POWER9 (architected), altivec supported");
  assertEquals([guest.platform, guest.machine, guest.mmu], [
    "pSeries",
    "CHRP IBM pSeries (emulated by qemu)",
    "radix",
  ]);
  assertEquals(cpuOf("lpar").mmu, "hash");
});

Deno.test("parseCpuInfo() leaves out what is cut short or odd", () => {
  const arm = parseCpuInfo("CPU implementer\t: 0x41\nCPU variant\t: 0x1\n", "aarch64");
  assertEquals([arm.model, arm.stepping], [null, null]);
  const x86 = parseCpuInfo("no colon\ncpu family\t: six\nmodel name\t:\n", "x86_64");
  assertEquals([x86.family, x86.model, x86.flags], [null, null, null]);
});

Deno.test("parseCpuInfo() of a file that could not be read knows nothing", () => {
  for (const arch of ["x86_64", "aarch64", "ppc64le", null] as const) {
    const info = parseCpuInfo(null, arch);
    assertEquals(Object.values(info).filter((value) => value !== null), []);
  }
});
