import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { CoreSyncResult } from "./core_sync_schema.ts";
import { sampleCoreSync } from "../../testdata/sample_core_sync.ts";
import { sampleRun } from "../../testdata/sample_run.ts";
import { coreSyncSection } from "./section.ts";
import { shown } from "../../testdata/shown.ts";

const options = { color: false, width: 100 };

function result(changes: Partial<CoreSyncResult> = {}): CoreSyncResult {
  const counts = sampleCoreSync();
  return {
    experiment: "core-sync",
    ...counts,
    controls: { none: counts, publishFirst: { ...counts, stale: 500, staleVersions: 250 } },
    verdict: "ordered",
    why: "no stale call",
    ...changes,
  };
}

function render(...results: CoreSyncResult[]): string {
  return shown(coreSyncSection, sampleRun({ results }), options);
}

Deno.test("coreSyncSection() shows verdicts, counts, reasons and the control", () => {
  const text = render(
    result({ technique: "none", verdict: "not-ordered", stale: 900, why: "900 calls were stale" }),
    result(),
  );
  assert(/none +not-ordered +900 +100000 +20000 +0\n/.test(text), text);
  assert(/membarrier-sync-core +ordered +0 /.test(text), text);
  assertStringIncludes(text, "none: 900 calls were stale");
  assertStringIncludes(text, "stale by 500 calls, after 250 of 20000");
  assertEquals(render(), "");
});

Deno.test("coreSyncSection() says a reason once that holds for several techniques", () => {
  const text = render(result({ technique: "none", why: "x86" }), result({ why: "x86" }));
  assertStringIncludes(text, "none, membarrier-sync-core: x86");
});

Deno.test("coreSyncSection() shows the control of each run that results come from", () => {
  const counts = sampleCoreSync();
  const blind = { none: counts, publishFirst: { ...counts, stale: 0, staleVersions: 0 } };
  const text = render(result({ technique: "none", controls: blind }), result());
  assertStringIncludes(text, "none: control: published before");
  assertStringIncludes(text, "membarrier-sync-core: control: published before");
});

Deno.test("coreSyncSection() escapes what a run says, and marks a control that saw nothing", () => {
  const { controls } = result();
  const blind = { ...controls, publishFirst: { ...controls.publishFirst!, stale: 0 } };
  const text = shown(
    coreSyncSection,
    sampleRun({ results: [result({ why: "\x1b[2J", controls: blind })] }),
    { ...options, color: true },
  );
  assert(!text.includes("\x1b[2J"));
  assertStringIncludes(text, "\x1b[1;31mcontrol: ");
  assertStringIncludes(
    render(result({ controls: { none: null, publishFirst: null } })),
    "was not run",
  );
});
