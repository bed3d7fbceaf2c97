import { assert, assertEquals } from "@std/assert";
import { sampleDisturbance, sampleSide } from "../../testdata/sample_disturbance.ts";
import { sampleRun } from "../../testdata/sample_run.ts";
import { disturbanceSection } from "./section.ts";
import { shown } from "../../testdata/shown.ts";

const OPTIONS = { color: false, width: 200 };

Deno.test("disturbanceSection() shows both sides, spread, and who is hurt by whom", () => {
  const results = [
    sampleDisturbance(),
    sampleDisturbance({ victim: "other-process", storm: sampleSide([12_900, 13_000, 13_100]) }),
    sampleDisturbance({ work: "sleeps", rateHz: 1000, storm: sampleSide([], { woken: 0 }) }),
    sampleDisturbance({ technique: "signal", available: false, reason: "setup: EPERM" }),
    sampleDisturbance({ technique: "munmap", available: false, reason: "EINVAL" }),
  ];
  const text = shown(disturbanceSection, sampleRun({ results }), OPTIONS);
  const lines = text.split("\n").map((line) => line.trim().replaceAll(/ +/g, " "));
  assertEquals(
    lines[3],
    "membarrier-private-expedited sibling that wakes up, urgent storm 13.0 µs, 26.0 µs " +
      "36.0 µs, 72.0 µs 35.0 µs to 37.0 µs, 3 blocks - - 600 hurt",
  );
  const at = (title: string): number => lines.findIndex((line) => line.startsWith(title));
  assertEquals(
    lines[at("Not to be measured here") + 1],
    "signal, sibling that wakes up, urgent: setup: EPERM",
  );
  assertEquals(
    lines[at("Failed this time") + 1],
    "munmap, sibling that wakes up, urgent: EINVAL",
  );
  assert(text.includes("hurts sibling that wakes up, urgent (wakes up 2.77 times as late)"), text);
  assert(text.includes("leaves alone other process that wakes up, urgent"), text);
});

Deno.test("disturbanceSection() shows nothing of a run without results", () => {
  assertEquals(shown(disturbanceSection, sampleRun(), OPTIONS), "");
});

Deno.test("disturbanceSection() states no factor of an emulated host, but what the kernel did", () => {
  const run = sampleRun({
    results: [
      sampleDisturbance(),
      sampleDisturbance({ work: "sleeps", storm: sampleSide([], { woken: 0 }) }),
    ],
  });
  assert(shown(disturbanceSection, run, OPTIONS).includes("times as late"));
  run.host.emulated = true;
  const text = shown(disturbanceSection, run, OPTIONS);
  assert(!text.includes("times as late"), text);
  assert(text.includes("(woken 0.00 times per call)"), text);
});
