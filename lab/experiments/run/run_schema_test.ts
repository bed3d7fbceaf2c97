import * as results from "../results.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { resultsWith } from "../ordering/testdata/runs.ts";
import { checkRun, formatRun, parseRun, RunFormatError, runJsonSchema } from "./run_schema.ts";
import { sampleDisturbance } from "../../testdata/sample_disturbance.ts";
import { sampleCoreSync } from "../../testdata/sample_core_sync.ts";
import { sampleRcu } from "../../testdata/sample_rcu.ts";
import { sampleCapture, sampleCaptured, sampleCost, sampleRun } from "../../testdata/sample_run.ts";

/** What parseRun() says about a run with one key, given by its path, set to another value. */
function faultOf(path: (string | number)[], value: unknown): RunFormatError {
  const run = structuredClone(sampleRun()) as unknown as Record<string | number, unknown>;
  let place = run;
  for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>;
  place[path.at(-1)!] = value;
  return assertThrows(() => parseRun(JSON.stringify(run), "x/run.json"), RunFormatError);
}

const LATER_RESULTS = [
  resultsWith()[5]!,
  {
    experiment: "core-sync",
    ...sampleCoreSync(),
    controls: { none: null, publishFirst: null },
    verdict: "starved",
    why: "a thread did not get to run",
  },
  {
    experiment: "shapes",
    cpus: [0, 1],
    shapes: [
      {
        shape: "SB",
        threads: 2,
        barrier: "none",
        iterations: 1000,
        weak: 5,
        ran: true,
        why: null,
      },
    ],
    priority: "fifo",
    seconds: 0.5,
  },
  sampleRcu({ flavour: "membarrier-dyncheck" }),
  sampleDisturbance({ victim: "other-process-registered" }),
  sampleCapture({ techniques: [sampleCaptured()] }),
];

Deno.test("parseRun() reads what formatRun() writes", () => {
  const run = sampleRun();
  assertEquals(parseRun(formatRun(run), "x"), run);
});

Deno.test("formatRun() keeps arrays of numbers on one line and leaves strings alone", () => {
  const run = sampleRun({ command: "a [\n  1,\n  2\n] [ 3 ] b" });
  const text = formatRun(run);
  assertStringIncludes(text, '"index": [1780,2292,2366]');
  assertEquals(parseRun(text, "x").command, run.command);
});

Deno.test("parseRun() reads the results of every experiment of the format", () => {
  const run = { ...sampleRun(), results: LATER_RESULTS };
  assertEquals(parseRun(JSON.stringify(run), "x").results as unknown, LATER_RESULTS);
});

Deno.test("parseRun() keeps keys that it does not know, at every depth", () => {
  const run = structuredClone(sampleRun()) as unknown as { results: Record<string, unknown>[] };
  run.results[1]!.note = { by: "another tool" };
  (run.results[1]!.ns as Record<string, unknown>).p9999 = 1;
  Object.assign(run, { site: "lab 3" });
  assertEquals(parseRun(JSON.stringify(run), "x") as unknown, run);
});

Deno.test("parseRun() reads conformance cases as short as the design shows them", () => {
  const run = sampleRun();
  const cases = [{ name: "a", expected: "0", actual: "0", pass: true }];
  const text = JSON.stringify({ ...run, results: [{ experiment: "conformance", cases }] });
  assertEquals(parseRun(text, "x").results, [
    { experiment: "conformance", cases: [{ ...cases[0]!, skipped: false, note: null }] },
  ]);
});

Deno.test("RunFormatError names file, place, cause and remedy", () => {
  const error = faultOf(["results", 1, "ns", "p50"], "fast");
  assertEquals(error.where, "x/run.json");
  assertEquals(error.path, "results[1].ns.p50");
  assertEquals(
    error.message,
    "Cannot read run 'x/run.json': results[1].ns.p50: expected number, received string. " +
      "Remedy: copy the run again from where it was made, or remove it",
  );
});

Deno.test("parseRun() counts the faults after the first", () => {
  const run = { ...sampleRun(), seconds: "long", command: 1 };
  const error = assertThrows(() => parseRun(JSON.stringify(run), "x"), RunFormatError);
  assertStringIncludes(error.message, "(and 1 further fault)");
});

Deno.test("parseRun() reads older runs with a seed, and runs without", () => {
  const older = { ...sampleRun(), seed: 0 };
  assertEquals(parseRun(JSON.stringify(older), "x"), older);
  assertEquals("seed" in parseRun(JSON.stringify(sampleRun()), "x"), false);
  const wrong = JSON.stringify({ ...sampleRun(), seed: -1 });
  assertThrows(() => parseRun(wrong, "x"), RunFormatError, "seed");
});

Deno.test("parseRun() refuses text that is not JSON, without repeating escape sequences", () => {
  const error = assertThrows(() => parseRun("\x1b[2J{", "a\x07b"), RunFormatError);
  assertStringIncludes(error.message, "it is not JSON");
  assertStringIncludes(error.message, "a\\x07b");
  assert(!error.message.includes("\x1b"));
  assert(error.cause instanceof SyntaxError);
});

Deno.test("parseRun() says that a newer schema needs a newer fencelab", () => {
  const error = faultOf(["schema"], "fencelab.run/2");
  assertStringIncludes(error.message, "newer schema 'fencelab.run/2'");
  assertStringIncludes(error.message, "update fencelab");
});

Deno.test("parseRun() refuses JSON that is no run", () => {
  for (const text of ["null", "[]", "{}", '{"schema":"other/9"}', '{"schema":"fencelab.run/0"}']) {
    const error = assertThrows(() => parseRun(text, "x"), RunFormatError);
    assertStringIncludes(error.message, "it is not a fencelab run");
  }
});

Deno.test("parseRun() names the experiments when it meets an unknown one", () => {
  const error = faultOf(["results", 1, "experiment"], "weather");
  assertEquals(error.path, "results[1].experiment");
  assertStringIncludes(
    error.message,
    "expected one of the experiments capture, conformance, core-sync, cost",
  );
});

Deno.test("parseRun() refuses ids, traces, codes and times of another form", () => {
  const trace = LATER_RESULTS.at(-1)!;
  assertEquals(faultOf(["id"], "../../etc").path, "id");
  assertEquals(faultOf(["startedAt"], "2026-11-21 01:04:38").path, "startedAt");
  assertEquals(faultOf(["warnings"], [{ code: "W1" }]).path, "warnings[0].code");
  for (const name of ["../x.pftrace", ".hidden", "a/b", ""]) {
    assertEquals(faultOf(["results", 0], { ...trace, trace: name }).path, "results[0].trace");
    assertEquals(faultOf(["results", 0], { ...trace, index: name }).path, "results[0].index");
  }
});

Deno.test("parseRun() takes captures of older runs, whose traces have no index", () => {
  const { index: _index, ...older } = sampleCapture();
  const text = JSON.stringify({ ...sampleRun(), results: [older] });
  assertEquals(parseRun(text, "x").results, [sampleCapture()]);
});

Deno.test("parseRun() refuses histograms that cannot be decoded", () => {
  const refused = [
    { index: [1, 2], count: [1] },
    { index: [2, 2], count: [1, 1] },
    { index: [7424], count: [1] },
    { index: [-1], count: [1] },
    { index: [1], count: [1.5] },
  ];
  for (const buckets of refused) {
    const histogram = { unit: "ps", precisionBits: 7, ...buckets };
    const error = faultOf(["results", 1, "histogram"], histogram);
    assertStringIncludes(error.path, "results[1].histogram.");
  }
  const last = { unit: "ps", precisionBits: 7, index: [7423], count: [1] } as const;
  const { index, count } = last;
  const run = sampleRun({
    results: [sampleCost({ histogram: { ...last, index: [...index], count: [...count] } })],
  });
  assertEquals(checkRun(run, "x"), run);
});

Deno.test("runJsonSchema() demands no more of a file than parseRun()", () => {
  const text = JSON.stringify(runJsonSchema());
  assertStringIncludes(text, '"required":["name","expected","actual","pass"]');
  assertStringIncludes(text, '"additionalProperties":{}');
  assert(!text.includes('"additionalProperties":false'));
});

Deno.test("runJsonSchema() describes every experiment, with what must be there", () => {
  const schema = runJsonSchema() as {
    required: string[];
    properties: { results: { items: { oneOf: { properties: Record<string, unknown> }[] } } };
  };
  assertEquals(schema.required, Object.keys(sampleRun()));
  const experiments = schema.properties.results.items.oneOf.map((one) => one.properties.experiment);
  assertEquals(
    experiments.map((experiment) => (experiment as { const: string }).const),
    Object.values(results).map((schema) => schema.shape.experiment.value),
  );
});
