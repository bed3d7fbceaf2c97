import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sampleControl, sampleRcu } from "../../testdata/sample_rcu.ts";
import { sampleRun } from "../../testdata/sample_run.ts";
import type { RcuResult } from "./rcu_schema.ts";
import { rcuSection } from "./section.ts";
import { shown } from "../../testdata/shown.ts";

const options = { color: false, width: 110 };

/** A flavour with that fence in its readers. */
function fenced(flavour: "mb" | "mb-mfence", readerFence: string, reads: number): RcuResult {
  return sampleRcu({ flavour, technique: "fence", readerFence, reads });
}

function render(...results: RcuResult[]): string {
  return shown(rcuSection, sampleRun({ results }), options);
}

Deno.test("rcuSection() shows the commit's table beside today's, and costs", () => {
  const text = render(
    fenced("mb", "lock; addl", 8_000_000_000),
    fenced("mb-mfence", "mfence", 4_000_000_000),
    sampleRcu(),
    sampleRcu({ flavour: "membarrier-global" }),
    sampleRcu({ flavour: "qsbr", technique: "fence", reads: 0, gracePeriodNs: null }),
  );
  assertStringIncludes(text, "operations in 10.0 s, 6 readers on CPUs 0-1, 2 writers on CPUs 0-1");
  assert(/mb +8 000 000 000 +1 000 +1\.00 +2\.00 +- +- +-\n/.test(text), text);
  assert(
    /mb-mfence +4 000 000 000 +1 000 +0\.50 +1\.00 +1 701 557 485 +2 202 847 +1\.00\n/.test(text),
    text,
  );
  assert(/membarrier +23 000 000 000 +1 000 +2\.88 +5\.75 +- +- +-\n/.test(text), text);
  assert(
    /-global +23 000 000 000 +1 000 +2\.88 +5\.75 +9 952 759 104 +425 +5\.85\n/.test(text),
    text,
  );
  assert(/qsbr +0 +1 000 +0\.00 +0\.00 +- +- +-\n/.test(text), text);
  assert(
    /membarrier +0\.825 ns +100 +20\.0 µs +22\.0 µs +33\.0 µs +membarrier-priv/.test(text),
    text,
  );
  assert(/qsbr +0\.825 ns +100 +- +- +- +fence/.test(text), text);
  assertEquals(render(), "");
});

Deno.test("rcuSection() has the commit's mb beside mb where that has liburcu's fence", () => {
  const text = render(fenced("mb", "dmb ish", 4_000_000_000), sampleRcu());
  assert(/mb +4 000 000 000 +1 000 +1\.00 +1 701 557 485 +2 202 847 +1\.00\n/.test(text), text);
  assert(!text.includes("/mb-mfence"), text);
});

Deno.test("rcuSection() says each row's time where they differ, as in results of several runs", () => {
  const text = render(
    sampleRcu({ flavour: "mb", technique: "fence", seconds: 2, reads: 2000 }),
    sampleRcu({ flavour: "qsbr", technique: "fence", seconds: 10, reads: 10_000 }),
  );
  assertStringIncludes(text, "operations, 6 readers");
  assert(/mb +2 000 +1 000 +2\.0 s +1\.00/.test(text), text);
  assert(/qsbr +10 000 +1 000 +10\.0 s +1\.00/.test(text), text);
});

Deno.test("rcuSection() has no ratio without mb, nor from other numbers of threads", () => {
  const mb = sampleRcu({ flavour: "mb", readers: 1, writers: 1 });
  for (const text of [render(sampleRcu()), render(mb, sampleRcu())]) {
    assert(/membarrier +23 000 000 000 +1 000 +- /.test(text), text);
  }
});

Deno.test("rcuSection() says loudly where readers held freed objects, and of whom it was expected", () => {
  const torture = sampleRcu({ mode: "torture", readNs: null });
  const stale = render(
    { ...torture, stale: 3 },
    { ...torture, flavour: "mprotect", stale: 1 },
    { ...torture, flavour: "signal", stale: 7, mutant: true },
  );
  assertStringIncludes(stale, "membarrier: readers held freed objects although the order is");
  assertStringIncludes(stale, "mprotect: readers held freed objects: no documentation promises");
  assert(!stale.includes("signal: readers held"), stale);
  assertStringIncludes(stale, "signal (mutant)");
});

Deno.test("rcuSection() says of a torture what the same threads showed without fences", () => {
  const torture = sampleRcu({ mode: "torture", readNs: null, aimed: 8000 });
  const sound = render({ ...torture, control: sampleControl(100) });
  assert(/membarrier +no-stale-readers +0 .* 800 +8 000 +< 2\.7 % +10\.0 s\n/.test(sound), sound);
  assertStringIncludes(sound, "membarrier, Linux 6.18.44, 6 readers on CPUs 0-1, 2 writers on");
  assertStringIncludes(
    sound.replaceAll(/\s+/g, " "),
    "held 800 in 8000 grace periods, so with 95 %",
  );
  assert(!sound.includes("older fencelab"), sound);
  const blind = render({ ...torture, control: sampleControl(0) });
  assert(/membarrier +not-discriminable +0 .* 0 +8 000 +- +10\.0 s\n/.test(blind), blind);
  assertStringIncludes(blind, "not to be told");
});

Deno.test("rcuSection() shows tortures of older runs with what they lack", () => {
  const text = render(sampleRcu({ mode: "torture", readNs: null }));
  assert(
    /membarrier +not-discriminable +0 +23 000 000 000 +1 000 +- +- +- +10\.0 s\n/.test(text),
    text,
  );
  assertStringIncludes(text, "older fencelab lack the same readers without fences");
});

Deno.test("rcuSection() stamps emulated hosts, names what cannot run, and escapes reasons", () => {
  const run = sampleRun({
    results: [
      sampleRcu(),
      sampleRcu({ flavour: "munmap", available: false, reason: "\x1b[2J", errno: "EPERM" }),
    ],
  });
  run.host.emulated = true;
  const text = shown(rcuSection, run, { ...options, color: true });
  assertEquals(text.split("times mean nothing").length - 1, 2);
  assert(!text.includes("\x1b[2J"));
  assertStringIncludes(text, "munmap: \\x1b[2J (EPERM)");
});
