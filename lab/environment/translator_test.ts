import { assertEquals, assertMatch } from "@std/assert";

import { environmentOf, hostOf } from "./environment.ts";
import type { HostFacts } from "./facts.ts";
import { factsOf, type FixtureName, translatedOn, withFiles } from "./testdata/fixtures.ts";
import { translationOf } from "./translator.ts";

const QEMU = "/usr/bin/qemu-aarch64-static";
const X86 = 62;
const ARM = 183;

function seen(facts: HostFacts): [string, string | null, string | null] {
  const { state, by, machine } = translationOf(facts);
  return [state, by, machine];
}

Deno.test("translationOf() sees none where a processor runs the core", () => {
  for (const name of ["xeon", "kvm", "altra", "lpar", "qemuArm", "qemuPower"] as FixtureName[]) {
    assertEquals(seen(factsOf(name)), ["none", null, null], name);
  }
  const guest = { ...factsOf("kvm"), program: { ...factsOf("kvm").program } };
  guest.program.cpuidHypervisor = "TCGTCGTCGTCG";
  assertEquals(seen(guest)[0], "none", "QEMU's guests say that, too");
  // A kernel that was built without a call lacks it as well
  guest.program.lacks = ["rseq"];
  assertEquals(seen(guest)[0], "none");
});

Deno.test("translationOf() names the translator by the program that the kernel runs", () => {
  const by = (runBy: string, machine = ARM): string | null =>
    translationOf(translatedOn("altra", "x86_64", { runBy, runByMachine: machine })).by;
  assertEquals(by("/usr/bin/qemu-x86_64-static"), "qemu-user");
  assertEquals(by("/usr/libexec/qemu-binfmt/x86_64-binfmt-P"), "qemu-user");
  assertEquals(by("/run/rosetta/rosetta"), "Rosetta");
  assertEquals(by("/usr/local/bin/box64"), "box64");
  assertEquals(by("/usr/bin/FEXInterpreter"), "FEX");
  assertEquals(by("/opt/else"), "a translator");
});

Deno.test("translationOf() sees a translator by each of its traces alone", () => {
  const arm = (program: Partial<HostFacts["program"]>, files = {}): HostFacts =>
    withFiles(translatedOn("kvm", "aarch64", program), { "/proc/cpuinfo": null, ...files });
  const program = { runBy: QEMU, runByMachine: X86 };
  assertEquals(seen(arm(program)), ["seen", "qemu-user", "x86_64"]);
  assertEquals(seen(arm({}, { "/proc/sys/kernel/arch": "x86_64\n" })), [
    "seen",
    "a translator",
    "x86_64",
  ]);
  const cpuinfo = factsOf("kvm").files["/proc/cpuinfo"];
  assertEquals(seen(arm({}, { "/proc/cpuinfo": cpuinfo })), ["seen", "a translator", "x86_64"]);
  assertEquals(seen(arm({ auxvFits: false })), ["seen", "a translator", null]);
  // Of its own architecture
  const same = translatedOn("kvm", "x86_64", { runBy: "/usr/bin/qemu-x86_64", runByMachine: X86 });
  assertEquals(seen(same), ["seen", "qemu-user", "x86_64"]);
});

Deno.test("translationOf() knows what translators answer to CPUID, whatever else they forge", () => {
  const x86 = (program: Partial<HostFacts["program"]>): [string, string | null, string | null] =>
    seen(translatedOn("altra", "x86_64", program));
  assertEquals(x86({ cpuidBrand: "VirtualApple @ 2.50GHz" }), ["seen", "Rosetta", "aarch64"]);
  assertEquals(x86({ cpuidBrand: "Box64 on Cortex-A76 @1.80 GHz" }), ["seen", "box64", "aarch64"]);
  assertEquals(x86({ cpuidHypervisor: "FEXIFEXIEMU" }), ["seen", "FEX", "aarch64"]);
});

Deno.test("translationOf() says where a host hides what would tell", () => {
  const hidden = translatedOn("kvm", "x86_64", { path: null, runBy: null, auxvFits: null });
  assertEquals(seen(hidden), ["unknown", null, null]);
  assertEquals(seen(withFiles(hidden, { "/proc/sys/kernel/arch": "x86_64\n" }))[0], "none");
});

Deno.test("environmentOf() takes processor and hypervisor of a translated core from below", () => {
  const program = { runBy: QEMU, runByMachine: X86, lacks: ["rseq", "seccomp"] };
  const facts = translatedOn("kvm", "aarch64", program);
  const { arch, emulated, hypervisor, cpu, translation } = environmentOf(facts);
  const below = environmentOf(factsOf("kvm"));
  assertEquals([arch, emulated, hypervisor], ["aarch64", true, "kvm"]);
  assertEquals([cpu, cpu.vendor], [below.cpu, "AuthenticAMD"]);
  assertMatch(
    translation.evidence[0]!,
    /^the kernel runs .*qemu-aarch64-static, a program for x86/,
  );
  assertEquals(translation.evidence.at(-1), "it lacks system calls: rseq, seccomp");
  assertEquals(hostOf(facts).translator, { name: "qemu-user", machine: "x86_64" });
  assertEquals(hostOf(factsOf("kvm")).translator, null);
  assertEquals(environmentOf(facts, { emulated: false }).emulated, true);
});
