import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sampleCapture, sampleCaptured, sampleRun } from "../../testdata/sample_run.ts";
import type { CaptureResult } from "./capture_schema.ts";
import { captureSection } from "./section.ts";
import { shown } from "../../testdata/shown.ts";

function lines(result: CaptureResult, width = 200): string[] {
  return shown(captureSection, sampleRun({ results: [result] }), { color: false, width }).split(
    "\n",
  );
}

Deno.test("captureSection() shows interrupts, targets, steps and both costs", () => {
  const found = lines(sampleCapture({
    events: 5000,
    sends: 100,
    matched: 99,
    techniques: [
      sampleCaptured(),
      sampleCaptured({ technique: "getppid", ipisPerOp: 0, targets: [], handlerNs: null }),
    ],
  }));
  assertEquals(found[0], "What the kernel did (capture)");
  const row = found.find((line) => line.startsWith("  munmap"))!;
  for (
    const text of ["100", "1.00", "2.00 µs", "8.00 µs", "900 ns", "700 ns", "12.0 µs, 14.0 µs"]
  ) {
    assertStringIncludes(row, text);
  }
  assertStringIncludes(row, "flush_tlb_func");
  assertStringIncludes(found.find((line) => line.startsWith("  getppid"))!, "0.00");
  assertStringIncludes(found.join("\n"), "5000 events, 0 lost; 99 of 100 calls");
});

Deno.test("captureSection() keeps interrupts and latencies on a narrow page", () => {
  const [, titles] = lines(sampleCapture({ techniques: [sampleCaptured()] }), 60);
  for (const title of ["IPIs/op", "send→entry", "handler"]) assertStringIncludes(titles!, title);
  assert(!titles!.includes("function"));
});

Deno.test("captureSection() says why there is none, what failed and what stopped it", () => {
  const none = lines(sampleCapture({ available: false, reason: "tracefs: EPERM\x1b[2J" })).join(
    "\n",
  );
  assertStringIncludes(none, "not available: tracefs: EPERM");
  assert(!none.includes("\x1b"));
  const failed = sampleCaptured({
    technique: "mprotect",
    available: false,
    reason: "mlock: EPERM",
  });
  const text = lines(sampleCapture({
    techniques: [failed, { ...failed, technique: "munmap", reason: "EINVAL" }],
    stoppedBy: { technique: "munmap", ns: 250_000 },
  })).join("\n");
  assertStringIncludes(text, "mprotect not available: mlock: EPERM");
  assertStringIncludes(text, "munmap failed this time: EINVAL");
  assertStringIncludes(text, "stopped by munmap with 250 us");
  assertEquals(shown(captureSection, sampleRun({ results: [] }), { color: false, width: 80 }), "");
});
