import { assert, assertEquals, assertRejects } from "@std/assert";
import { sampleCost } from "../testdata/sample_run.ts";
import { StoreError } from "../store/store_error.ts";
import { LiveFeed } from "./live_feed.ts";
import { type LiveRun, LiveRuns } from "./live_runs.ts";
import { EVENTS_FILE } from "./live_schema.ts";

const histogram = { unit: "ps" as const, precisionBits: 7, index: [900, 910], count: [3, 4] };

const step = {
  label: "cost mprotect",
  technique: "mprotect",
  experiment: "cost",
  kind: "cost",
  parameters: {},
  seconds: 1,
} as const;

/** A store in a directory of its own. */
async function inStore(work: (store: string) => Promise<void>): Promise<void> {
  const store = await Deno.makeTempDir({ prefix: "fencelab-live-" });
  try {
    await work(store);
  } finally {
    await Deno.remove(store, { recursive: true });
  }
}

async function only(runs: LiveRuns): Promise<LiveRun> {
  const [run, ...others] = await runs.look();
  assert(run, "no run is seen");
  assertEquals(others, []);
  return run!;
}

/** A feed of another process, which says what is given and then waits. */
async function otherProcess(store: string): Promise<Deno.ChildProcess> {
  const module = new URL("./live_feed.ts", import.meta.url).href;
  const code = `import { LiveFeed } from ${JSON.stringify(module)};
    const feed = await LiveFeed.open(${JSON.stringify(store)}, "x", { host: "h", command: "c" });
    feed.progress(0.5, "half");
    console.log("ready");
    setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  return child;
}

Deno.test("a run in progress is seen from its begin to its end, and then no more", async () => {
  await inStore(async (store) => {
    using runs = new LiveRuns(store);
    assertEquals(await runs.look(), []);
    {
      await using feed = await LiveFeed.open(store, "local", { host: "local", command: "lab run" });
      const begun = await only(runs);
      assertEquals([begun.host, begun.command, begun.now, begun.end], [
        "local",
        "lab run",
        null,
        null,
      ]);
      feed.progress(0.25, step.label);
      feed.news({ kind: "result", result: sampleCost({ technique: "munmap" }), at: 0 });
      const { now, results } = await only(runs);
      assertEquals([now?.fraction, now?.label, now?.sampled], [0.25, step.label, null]);
      assertEquals(results, [sampleCost({ technique: "munmap" })]);
      await new Promise((resolve) => setTimeout(resolve, 260));
      feed.news({ kind: "histogram", step, histogram });
      assertEquals((await only(runs)).now?.sampled, { technique: "mprotect", histogram });
      feed.news({ kind: "result", result: sampleCost(), at: 1 });
      assertEquals((await only(runs)).now?.sampled, null, "sampled so far, and has its result");
      feed.end("20261121T010000Z-local-0001", null);
    }
    assertEquals((await only(runs)).end, { run: "20261121T010000Z-local-0001", problem: null });
    assertEquals(await runs.look(), []);
    assertEquals([...Deno.readDirSync(store)], []);
  });
});

Deno.test("a run whose process was killed is said to be, and swept by the next", async () => {
  await inStore(async (store) => {
    using runs = new LiveRuns(store);
    const child = await otherProcess(store);
    assertEquals((await only(runs)).now?.label, "half");
    child.kill("SIGKILL");
    await child.status;
    assertEquals((await only(runs)).end, { run: null, problem: "its process was killed" });
    assertEquals(await runs.look(), []);
    using others = new LiveRuns(store);
    assertEquals(await others.look(), [], "what was left behind counts as a run in progress");
    await (await LiveFeed.open(store, "y", { host: "h", command: "c" }))[Symbol.asyncDispose]();
    assertEquals([...Deno.readDirSync(store)], []);
  });
});

Deno.test("a result that knows more now takes the place of what it was", async () => {
  await inStore(async (store) => {
    using runs = new LiveRuns(store);
    await using feed = await LiveFeed.open(store, "x", { host: "h", command: "c" });
    const later = sampleCost({ technique: "munmap", registerNs: null });
    const times = { count: 1, p50: 5, min: 5, max: 5 };
    const registerNs = { coldSingle: times, warm: times, coldThreaded: null };
    feed.news({ kind: "result", result: sampleCost({ registerNs: null }), at: 0 });
    feed.news({ kind: "result", result: later, at: 1 });
    await only(runs);
    feed.news({ kind: "result", result: sampleCost({ registerNs }), at: 0 });
    assertEquals((await only(runs)).results, [sampleCost({ registerNs }), later]);
  });
});

Deno.test("lines that are damaged or of another version are left out", async () => {
  await inStore(async (store) => {
    await using feed = await LiveFeed.open(store, "z", { host: "h", command: "c" });
    const path = `${store}/.live-${Deno.pid}-z/${EVENTS_FILE}`;
    const later = JSON.stringify({ kind: "result", result: { experiment: "later" } });
    Deno.writeTextFileSync(path, `{"kind":\n[]\n${later}\n\u0000\n`, { append: true });
    feed.news({ kind: "result", result: sampleCost(), at: 1 });
    using runs = new LiveRuns(store);
    assertEquals((await only(runs)).results, [sampleCost()]);
  });
});

Deno.test("a feed that cannot be written keeps silent", async () => {
  await inStore(async (store) => {
    const file = `${store}/file`;
    Deno.writeTextFileSync(file, "");
    await using feed = await LiveFeed.open(file, "x", { host: "h", command: "c" });
    feed.progress(0.5, "half");
    feed.news({ kind: "result", result: sampleCost(), at: 1 });
    feed.end(null, null);
    assertEquals([...Deno.readDirSync(store)].map(({ name }) => name), ["file"]);
    assertEquals(Deno.readTextFileSync(file), "");
  });
});

Deno.test("a store that cannot be read is said to be so", async () => {
  await inStore(async (store) => {
    Deno.writeTextFileSync(`${store}/file`, "");
    using runs = new LiveRuns(`${store}/file`);
    await assertRejects(() => runs.look(), StoreError, "not a directory");
  });
});
