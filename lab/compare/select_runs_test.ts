import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { formatRun, type Run } from "../experiments/run/run_schema.ts";
import { sampleRun } from "../testdata/sample_run.ts";
import { RunStore } from "../store/run_store.ts";
import { StoreError } from "../store/store_error.ts";
import { isSet } from "./run_set.ts";
import { selectRuns } from "./select_runs.ts";

/** A store with three runs of two hosts, a damaged run and one of a newer schema. */
class Store implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "fencelab-test-" });
  readonly store = new RunStore(this.path);

  constructor() {
    this.#put("20261121T010001Z-local-0001", "local", "6.12.1");
    this.#put("20261121T010002Z-local-0002", "local", "6.18.4");
    this.#put("20261121T010003Z-p9-0003", "p9", "6.1.0");
    const newer = "20261121T010004Z-local-0004";
    this.#put(newer, "local", "6.18.4", (text) => text.replace("fencelab.run/1", "fencelab.run/2"));
    this.#put("20261121T010005Z-local-0005", "local", "6.18.4", (text) => text.slice(0, 300));
  }

  #put(
    id: string,
    host: string,
    kernel: string,
    change: (text: string) => string = (text) => text,
  ): void {
    const sample = sampleRun({ id, startedAt: `${id.slice(0, 4)}-11-21T01:00:0${id[14]}Z` });
    const run: Run = { ...sample, host: { ...sample.host, name: host, kernel } };
    Deno.mkdirSync(`${this.path}/${id}`);
    Deno.writeTextFileSync(`${this.path}/${id}/run.json`, change(formatRun(run)));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function idsOf(store: RunStore, ...references: string[]): string[] {
  return selectRuns(store, references).runs.map(({ id }) => id.slice(-4));
}

Deno.test("selectRuns() takes ids, beginnings, paths, each run once", () => {
  using place = new Store();
  const { store, path } = place;
  assertEquals(idsOf(store, "20261121T010003Z", "20261121T010001Z-local-0001"), ["0003", "0001"]);
  const directory = `${path}/20261121T010001Z-local-0001`;
  assertEquals(idsOf(store, directory, "20261121T010001Z"), ["0001"]);
});

Deno.test("selectRuns() takes sets by host, kernel and architecture, oldest first", () => {
  using place = new Store();
  const { store } = place;
  assertEquals(idsOf(store, "host=local"), ["0001", "0002"]);
  // A release begins with the whole of its numbers.
  assertEquals(idsOf(store, "kernel=6.1"), ["0003"]);
  assertEquals(idsOf(store, "kernel=6."), ["0001", "0002", "0003"]);
  assertEquals(idsOf(store, "host=local,kernel=6.18."), ["0002"]);
  assertEquals(idsOf(store, "arch=x86_64", "host=p9"), ["0001", "0002", "0003"]);
  assertEquals(["host=a", "kernel=6", "20261121", "latest"].map(isSet), [true, true, false, false]);
});

Deno.test("selectRuns() names damaged runs and newer schemas, and goes on without them", () => {
  using place = new Store();
  const { runs, problems } = selectRuns(place.store, ["host=local"]);
  assertEquals([runs.length, problems.length], [2, 2]);
  assertMatch(problems.join("\n"), /newer schema 'fencelab.run\/2'/);
  assertMatch(problems.join("\n"), /it is not JSON/);
  const named = selectRuns(place.store, ["20261121T010004Z", "20261121T010001Z"]);
  assertEquals([named.runs.length, named.problems.length], [1, 1]);
  const error = assertThrows(() => selectRuns(place.store, ["20261121T010005Z"]), StoreError);
  assertStringIncludes(error.message, "none of its runs can be read");
});

Deno.test("selectRuns() suggests what there is", () => {
  using place = new Store();
  const cases: [string, string][] = [
    ["host=lokal", "no run has host 'lokal'. Remedy: nearest: host=local, host=p9"],
    ["kernel=5.", "no run has kernel '5.'"],
    ["host=p9,kernel=6.18", "no run meets all conditions"],
    ["host=p9,flavour=x", "'flavour=x' is not a condition"],
    ["host=", "'host=' is not a condition"],
    ["20261122", "nearest: 20261121"],
  ];
  for (const [reference, message] of cases) {
    const error = assertThrows(() => selectRuns(place.store, [reference]), StoreError);
    assertStringIncludes(error.message, message);
  }
});
