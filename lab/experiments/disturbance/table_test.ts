import { assert, assertEquals } from "@std/assert";
import { sampleDisturbance, sampleSide } from "../../testdata/sample_disturbance.ts";
import { sampleRun } from "../../testdata/sample_run.ts";
import { renderDisturbance } from "./table.ts";

const OPTIONS = { color: false, width: 200 };

Deno.test("renderDisturbance() shows both sides, spread, and who is hurt by whom", () => {
  const results = [
    sampleDisturbance(),
    sampleDisturbance({ victim: "other-process", storm: sampleSide([12_900, 13_000, 13_100]) }),
    sampleDisturbance({ work: "sleeps", rateHz: 1000, storm: sampleSide([], { woken: 0 }) }),
    sampleDisturbance({ technique: "signal", available: false, reason: "EPERM" }),
  ];
  const text = renderDisturbance(sampleRun({ results }), OPTIONS);
  const lines = text.split("\n").map((line) => line.trim().replaceAll(/ +/g, " "));
  assertEquals(
    lines[3],
    "membarrier-private-expedited sibling that wakes up, urgent storm 13.0 µs, 26.0 µs " +
      "36.0 µs, 72.0 µs 35.0 µs to 37.0 µs, 3 blocks - - 600 hurt",
  );
  assert(
    lines.includes(
      "signal, sibling that wakes up, urgent: not measured: EPERM",
    ),
    text,
  );
  assert(text.includes("hurts sibling that wakes up, urgent (wakes up 2.77 times as late)"), text);
  assert(text.includes("leaves alone other process that wakes up, urgent"), text);
});

Deno.test("renderDisturbance() shows nothing of a run without results", () => {
  assertEquals(renderDisturbance(sampleRun(), OPTIONS), "");
});
