import { assertEquals, assertStringIncludes } from "@std/assert";
import { sampleCoreSync } from "../../testdata/sample_core_sync.ts";
import { type CoreSyncFacts, judgeCoreSync } from "./core_sync_verdict.ts";

/** A real arm64 machine on which stale code is common without a technique. */
function facts(changes: Partial<CoreSyncFacts> = {}): CoreSyncFacts {
  return {
    arch: "aarch64",
    emulated: false,
    counts: sampleCoreSync(),
    none: sampleCoreSync({ technique: "none", stale: 900, staleVersions: 400 }),
    publishFirst: sampleCoreSync({ technique: "none", order: "publish-first", stale: 30_000 }),
    ...changes,
  };
}

const stale = sampleCoreSync({ stale: 3, staleVersions: 2 });

const CASES: readonly [string, CoreSyncFacts, string, string, string][] = [
  ["ordered", facts(), "ordered", "ordered", "no stale call, where 362 or more of 20000"],
  ["stale", facts({ counts: stale }), "not-ordered", "stale", "3 of 100000 calls"],
  [
    "the control itself",
    facts({ counts: sampleCoreSync({ technique: "none", stale: 900, staleVersions: 400 }) }),
    "not-ordered",
    "stale",
    "after 400 of 20000 modifications",
  ],
  ["x86", facts({ arch: "x86_64" }), "not-discriminable", "x86", "x86 CPUs notice stores"],
  ["stale even on x86", facts({ arch: "x86_64", counts: stale }), "not-ordered", "stale", "3 of"],
  [
    "emulated, with stale calls",
    facts({ emulated: true, counts: stale }),
    "not-discriminable",
    "emulated",
    "although the program is correct",
  ],
  [
    "emulated, without stale calls",
    facts({ emulated: true }),
    "not-discriminable",
    "emulated",
    "0 of 100000 calls were stale, which says nothing",
  ],
  [
    "a control that is never stale",
    facts({ none: sampleCoreSync({ technique: "none" }) }),
    "not-discriminable",
    "control",
    "without any technique no call was stale either",
  ],
  ["no control", facts({ none: null }), "not-discriminable", "control", "no call was stale either"],
  [
    "a control that is rarely stale",
    facts({ none: sampleCoreSync({ technique: "none", stale: 500, staleVersions: 19 }) }),
    "not-discriminable",
    "power",
    "19 of 20000",
  ],
  [
    "a control that was stale once, by luck",
    facts({
      none: sampleCoreSync({ technique: "none", modifications: 100, stale: 1, staleVersions: 1 }),
    }),
    "not-discriminable",
    "power",
    "lets too few be expected with it (5 at least)",
  ],
  [
    "modifications of which too few were called in time",
    facts({
      counts: sampleCoreSync({ unseen: 9_500 }),
      none: sampleCoreSync({ technique: "none", stale: 60, staleVersions: 50 }),
    }),
    "not-discriminable",
    "power",
    "(19 at least)",
  ],
  [
    "a load that does not outlast what replacing takes",
    facts({ none: sampleCoreSync({ technique: "none", maintenanceNs: 900, loadNs: 400 }) }),
    "not-discriminable",
    "control",
    "replacing took 900 ns, the sibling's load of the version 400 ns",
  ],
  [
    "fewer modifications than the control had",
    facts({ counts: sampleCoreSync({ modifications: 900 }) }),
    "not-discriminable",
    "power",
    "400 of 20000",
  ],
  [
    "a blind test",
    facts({ publishFirst: sampleCoreSync({ order: "publish-first" }) }),
    "not-discriminable",
    "blind",
    "the test is blind",
  ],
  [
    "a starved sibling",
    facts({ counts: sampleCoreSync({ unseen: 10_001 }) }),
    "starved",
    "starved",
    "10001 of which nobody called",
  ],
  [
    "a thread that stands still",
    facts({ counts: sampleCoreSync({ starved: true }) }),
    "starved",
    "starved",
    "a thread did not get to run",
  ],
  [
    "a starved caller",
    facts({ counts: sampleCoreSync({ modifications: 99 }) }),
    "starved",
    "starved",
    "99 modifications",
  ],
  [
    "a technique that cannot be used",
    facts({ counts: sampleCoreSync({ available: false, reason: "setup: EPERM" }) }),
    "not-discriminable",
    "unavailable",
    "could not be used here: setup: EPERM",
  ],
];

for (const [name, given, verdict, rule, words] of CASES) {
  Deno.test(`judgeCoreSync(): ${name} is ${verdict}`, () => {
    const judged = judgeCoreSync(given);
    assertEquals([judged.verdict, judged.rule], [verdict, rule]);
    assertStringIncludes(judged.why, words);
  });
}
