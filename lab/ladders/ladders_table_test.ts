import { assertEquals, assertStringIncludes } from "@std/assert";
import { assessLadders } from "./assess.ts";
import { sampleRun } from "../testdata/sample_run.ts";
import { renderLadders } from "./ladders_table.ts";

const options = { color: false, width: 500 };

Deno.test("renderLadders() names runs whose verdicts cannot be believed", () => {
  const run = sampleRun({
    warnings: [
      { code: "W045", message: "mutant-noop was not noticed", remedy: "r", invalidates: true },
      { code: "W038", message: "samples were dropped", remedy: "r", invalidates: true },
    ],
  });
  const text = renderLadders(run, assessLadders(run), options);
  assertStringIncludes(text, `W045 of run ${run.id}: mutant-noop was not noticed`);
  assertEquals(text.includes("W038"), false, "that is about times");
});

Deno.test("renderLadders() lets no situation speak for another that is judged otherwise", () => {
  const landings = assessLadders(sampleRun());
  const judged = landings.map((one) =>
    one.library === "folly" && one.situation === "enosys"
      ? { ...one, soundness: "unsound" as const, why: "otherwise" }
      : one
  );
  const tables = (all: typeof landings): number =>
    renderLadders(sampleRun(), all, options).match(/lands on/g)!.length;
  assertEquals([tables(landings), tables(judged)], [4, 5]);
  assertStringIncludes(renderLadders(sampleRun(), judged, options), "folly: otherwise");
});
