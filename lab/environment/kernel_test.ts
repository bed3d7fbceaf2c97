import { assertEquals } from "@std/assert";
import { bootOption, isAtLeast, kernelOf, mitigationsOf, selectedWord } from "./kernel.ts";
import { factsOf, withFiles } from "./testdata/fixtures.ts";

Deno.test("kernelOf() reads preemption from uname's version", () => {
  assertEquals(kernelOf(factsOf("kvm")).preemption, "PREEMPT_DYNAMIC");
  assertEquals(kernelOf(factsOf("lpar")).preemption, null);
  const facts = factsOf("altra");
  const rt = { ...facts, uname: { ...facts.uname, version: "#1 SMP PREEMPT_RT Debian 6.12" } };
  assertEquals([kernelOf(rt).preemption, kernelOf(rt).realtime], ["PREEMPT_RT", true]);
  assertEquals(kernelOf(facts).realtime, false);
});

Deno.test("kernelOf() takes /sys/kernel/realtime of older real-time kernels", () => {
  const facts = withFiles(factsOf("altra"), { "/sys/kernel/realtime": "1\n" });
  assertEquals(kernelOf(facts).realtime, true);
});

Deno.test("kernelOf() reads the lockdown mode in force", () => {
  assertEquals(kernelOf(factsOf("kvm")).lockdown, null);
  assertEquals(kernelOf(factsOf("xeon")).lockdown, "none");
  assertEquals(kernelOf(factsOf("epyc")).lockdown, "integrity");
});

Deno.test("bootOption() finds whole words, takes the last, and stops at what is for init", () => {
  const cmdline = "quiet isolcpus=1 isolcpus=2-3 xnopcid init=/sbin/nopv -- noinvlpgb";
  assertEquals(bootOption(cmdline, "quiet"), "");
  assertEquals(bootOption(cmdline, "isolcpus"), "2-3");
  assertEquals(bootOption(cmdline, "nopcid"), null);
  assertEquals(bootOption(cmdline, "nopv"), null);
  assertEquals(bootOption(cmdline, "noinvlpgb"), null);
  assertEquals(bootOption(null, "quiet"), null);
});

Deno.test("selectedWord() reads the marked choice", () => {
  assertEquals(selectedWord("always [madvise] never"), "madvise");
  assertEquals(selectedWord("always madvise never"), null);
  assertEquals(selectedWord(null), null);
});

Deno.test("isAtLeast() compares numbers, not text", () => {
  assertEquals(isAtLeast("6.15.0-rc1", 6, 15), true);
  assertEquals(isAtLeast("6.8.0-60-generic", 6, 15), false);
  assertEquals(isAtLeast("10.0", 6, 15), true);
  assertEquals(isAtLeast("5.19.3", 6, 1), false);
  assertEquals(isAtLeast("mystery", 6, 15), false);
});

Deno.test("mitigationsOf() keeps the kernel's own words by name", () => {
  assertEquals(mitigationsOf(factsOf("altra")), {
    meltdown: "Not affected",
    spectre_v2: "Mitigation: CSV2, BHB",
  });
});
