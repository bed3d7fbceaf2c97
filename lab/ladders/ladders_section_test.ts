import { assertEquals, assertStringIncludes } from "@std/assert";
import { assessLadders } from "./assess.ts";
import { sampleRun } from "../testdata/sample_run.ts";
import { renderBlocks } from "../document/terminal.ts";
import { viewOfRun } from "../experiments/host_collector.ts";
import { ladderSection, landingBlocks } from "./ladders_section.ts";
import { shown } from "../testdata/shown.ts";

const options = { color: false, width: 500 };

Deno.test("ladderSection() names runs whose verdicts cannot be believed", () => {
  const run = sampleRun({
    warnings: [
      { code: "W045", message: "mutant-noop was not noticed", remedy: "r", invalidates: true },
      { code: "W038", message: "samples were dropped", remedy: "r", invalidates: true },
    ],
  });
  const text = shown(ladderSection, run, options);
  assertStringIncludes(text, `W045 of run ${run.id}: mutant-noop was not noticed`);
  assertEquals(text.includes("W038"), false, "that is about times");
});

Deno.test("ladderSection() lets no situation speak for another that is judged otherwise", () => {
  const landings = assessLadders(sampleRun());
  const judged = landings.map((one) =>
    one.library === "folly" && one.situation === "enosys"
      ? { ...one, soundness: "unsound" as const, why: "otherwise" }
      : one
  );
  const landed = (all: typeof landings): string =>
    renderBlocks(landingBlocks(viewOfRun(sampleRun()), all), options);
  const tables = (all: typeof landings): number => landed(all).match(/lands on/g)!.length;
  assertEquals([tables(landings), tables(judged)], [4, 5]);
  assertStringIncludes(landed(judged), "folly: otherwise");
});
