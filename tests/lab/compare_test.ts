/** `lab compare` as a user calls it, on stores that the test makes. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";

import { formatRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import { sampleCost, sampleRun } from "../../lab/testdata/sample_run.ts";
import { drawHistogram, INTERRUPT, seeded } from "../../lab/statistics/testdata/samples.ts";
import { lab } from "../fixtures/lab_process.ts";

const random = seeded(77);

/** A store that is filled run by run. */
class Store implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "fencelab-test-" });

  /**
   * @param factor All times are multiplied by it.
   * @returns The run's id.
   */
  put(
    day: number,
    kernel: string,
    factor: number,
    host: Partial<Run["host"]> = {},
    techniques: readonly string[] = ["mprotect", "munmap"],
  ): string {
    const startedAt = `2026-11-0${day}T01:04:38Z`;
    const id = `${startedAt.replaceAll(/[-:]/g, "")}-local-000${day}`;
    const histogram = drawHistogram(INTERRUPT, 3000, random, factor);
    const results = techniques.map((technique) =>
      sampleCost({ technique, count: 3000, histogram })
    );
    const sample = sampleRun({ id, startedAt, results });
    Deno.mkdirSync(`${this.path}/${id}`);
    const run = { ...sample, host: { ...sample.host, kernel, ...host } };
    Deno.writeTextFileSync(`${this.path}/${id}/run.json`, formatRun(run));
    return id;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("lab compare says slower and faster, as text and as JSON", async () => {
  using store = new Store();
  const [left, right] = [store.put(1, "6.12.1", 1), store.put(2, "6.18.4", 1.4)];
  const { code, stdout, stderr } = await lab(["compare", left, right, "--out", store.path]);
  assertEquals([code, stderr], [0, ""]);
  for (
    const part of [
      left,
      right,
      "6.12.1",
      "6.18.4",
      "slower in this run: 1.4",
      "changes above 5.0 %",
    ]
  ) {
    assertStringIncludes(stdout, part);
  }
  const back = await lab(["compare", right, left, "--out", store.path, "--json"]);
  const { schema, comparisons, problems } = JSON.parse(back.stdout);
  assertEquals([schema, comparisons.length, problems], ["fencelab.compare/1", 1, []]);
  assertStringIncludes(comparisons[0].cost[0].words, "; one run each: repeat");
  assertEquals(comparisons[0].cost.map((row: { verdict: string }) => row.verdict), [
    "faster",
    "faster",
  ]);
});

Deno.test("lab compare takes several runs on each side, sets and paths", async () => {
  using store = new Store();
  const ids = [1, 2, 3, 4].map((day) =>
    store.put(day, day < 3 ? "6.12.1" : "6.18.4", day < 3 ? 1 : 1.4)
  );
  const sides = async (...args: string[]): Promise<string[][]> => {
    const { code, stdout, stderr } = await lab(
      ["compare", ...args, "--out", store.path, "--json"],
      { cwd: store.path },
    );
    assertEquals(code, 0, stderr);
    const [{ left, right }] = JSON.parse(stdout).comparisons;
    return [left, right].map((runs) => runs.map(({ id }: { id: string }) => id));
  };
  const halves = [ids.slice(0, 2), ids.slice(2)];
  assertEquals(await sides(ids[0]!, ids[1]!, "--against", ids[2]!, ids[3]!), halves);
  assertEquals(await sides("kernel=6.12", "host=local,kernel=6.18"), halves);
  assertEquals(await sides(`./${ids[1]}`, `${store.path}/${ids[0]}`), [[ids[1]], [ids[0]]]);
});

Deno.test("lab compare of one run with two others gives two comparisons", async () => {
  using store = new Store();
  const ids = [1, 2, 3].map((day) => store.put(day, "6.12.1", 1));
  const { stdout } = await lab(["compare", ...ids, "--out", store.path, "--json"]);
  assertEquals(JSON.parse(stdout).comparisons.length, 2);
});

Deno.test("lab compare does not compare times of emulated and real hosts", async () => {
  using store = new Store();
  const ids = [
    store.put(1, "6.12.1", 1),
    store.put(2, "6.12.1", 5, { emulated: true, hypervisor: "qemu-tcg" }),
  ];
  const { code, stdout } = await lab(["compare", ...ids, "--out", store.path]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "Times are shown, not compared");
  assert(!/slower|faster|ratio \(/.test(stdout), stdout);
});

Deno.test("lab compare --technique of one side alone says on which side it is", async () => {
  using store = new Store();
  const ids = [store.put(1, "6.12.1", 1), store.put(2, "6.12.1", 1, {}, ["mprotect"])];
  const args = ["--technique", "munmap", "--out", store.path];
  const { code, stdout, stderr } = await lab(["compare", ...ids, ...args]);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "on the left only: cost of munmap");
  const back = await lab(["compare", ...ids.toReversed(), ...args]);
  assertStringIncludes(back.stdout, "on the right only: cost of munmap");
});

Deno.test("lab compare --history points out the step between two kernels", async () => {
  using store = new Store();
  for (const day of [1, 2, 3, 4, 5, 6]) {
    store.put(day, day < 4 ? "6.12.1" : "6.18.4", day < 4 ? 1 : 1.4);
  }
  const args = ["compare", "--history", "local", "--technique", "munmap", "--out", store.path];
  const { code, stdout, stderr } = await lab(args);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "Linux 6.12.1 (3 runs) to 6.18.4 (3 runs)");
  assertStringIncludes(stdout, "munmap, 1 caller, 1 sibling, same-cache: slower: 1.");
  assert(!stdout.includes("mprotect"), stdout);
  const { schema, series } = JSON.parse((await lab([...args, "--json"])).stdout);
  assertEquals([schema, series.length, series[0].points.length], ["fencelab.history/1", 1, 6]);
});

Deno.test("lab compare names a damaged run and goes on", async () => {
  using store = new Store();
  const ids = [1, 2, 3].map((day) => store.put(day, "6.12.1", 1));
  Deno.writeTextFileSync(`${store.path}/${ids[2]}/run.json`, "{");
  const { code, stdout, stderr } = await lab(
    ["compare", ids[0]!, "--against", ids[1]!, ids[2]!, "--out", store.path],
  );
  assertEquals(code, 0, stderr);
  assertStringIncludes(
    stderr,
    `Note: left out: Cannot read run '${store.path}/${ids[2]}/run.json'`,
  );
  assertStringIncludes(stdout, "no change");
});

const mistakes: [string[], string][] = [
  [[], "expected two runs"],
  [["20261101"], "expected two runs"],
  [["20261101", "--against"], "--against needs runs before and after it"],
  [["20261101", "20261109"], "no id begins so. Remedy: nearest: 2026110"],
  [["host=local", "20261101"], "is on both sides"],
  [["20261101", "20261102", "--technique", "signal"], "technique 'signal': none of the runs"],
  [["20261101", "--history", "local"], "none by name"],
  [["--history", "lokal"], "nearest: host=local"],
];

for (const [args, message] of mistakes) {
  Deno.test(`lab compare ${args.join(" ")} is refused with cause and remedy`, async () => {
    using store = new Store();
    store.put(1, "6.12.1", 1);
    store.put(2, "6.12.1", 1);
    const { code, stdout, stderr } = await lab(["compare", ...args, "--out", store.path]);
    assertEquals([code, stdout], [1, ""], stderr);
    assertStringIncludes(stderr, message);
    assertStringIncludes(stderr, "Remedy: ");
  });
}
