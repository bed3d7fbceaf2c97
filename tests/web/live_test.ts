/// <reference lib="dom" />

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import axe from "axe-core/axe.min.js" with { type: "text" };
import type { LiveView } from "../../web/live/live_view.ts";
import { LiveFeed } from "../../lab/live/live_feed.ts";
import { labCommand } from "../fixtures/lab_process.ts";
import { needs } from "../fixtures/needs.ts";
import { axeFindings, chromiumPath } from "./report_browser.ts";
import { openPage } from "./browser.ts";
import { WebServer } from "./server.ts";

const TECHNIQUES = ["munmap", "membarrier-private-expedited"];

/** A run that takes some seconds. */
function startRun(store: string): Deno.ChildProcess {
  const techniques = TECHNIQUES.flatMap((technique) => ["--technique", technique]);
  const args = ["run", "--experiment", "cost", ...techniques, "--seconds", "2", "--out", store];
  return labCommand(args).spawn();
}

async function finish(child: Deno.ChildProcess): Promise<void> {
  const { code, stderr } = await child.output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
}

/** What the server sends until a run has ended. */
async function* statesOf(server: WebServer): AsyncGenerator<readonly LiveView[]> {
  const response = await server.fetch("/api/live/events");
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body!) {
    const events = (text + decoder.decode(bytes, { stream: true })).split("\n\n");
    text = events.pop()!;
    for (const event of events) {
      const [kind, data] = event.split("\ndata: ");
      if (kind !== "event: runs") continue;
      const { runs } = JSON.parse(data!) as { runs: LiveView[] };
      yield runs;
      if (runs.some(({ end }) => end !== null)) return;
    }
  }
}

Deno.test("a run of another process is told as it goes on, with histograms that grow", async () => {
  const store = await Deno.makeTempDir({ prefix: "fencelab-web-live-" });
  try {
    await using server = await WebServer.open(store);
    assertEquals(await (await server.fetch("/api/live")).json(), { runs: [] });
    const child = startRun(store);
    const states: LiveView[] = [];
    for await (const [run] of statesOf(server)) if (run) states.push(run);
    await finish(child);

    const fractions = states.map(({ fraction }) => fraction);
    assertEquals(fractions, fractions.toSorted((one, other) => one - other), "progress went back");
    // Two techniques, with sibling and without: each is sampled for longer than it takes to tell
    const growths = TECHNIQUES.map((technique) =>
      states.flatMap(({ sampling }) => sampling?.technique === technique ? [sampling.count] : [])
    );
    for (const counts of growths) {
      assert(new Set(counts).size >= 2, `no histogram grew: ${JSON.stringify(growths)}`);
    }
    const last = states.at(-1)!;
    const [stored] = [...Deno.readDirSync(store)].filter(({ name }) => !name.startsWith("."));
    assertEquals(last.end, { run: stored!.name, problem: null });
    assertEquals(last.results, [{ experiment: "cost", count: last.measured.length }]);
    const run = JSON.parse(await Deno.readTextFile(`${store}/${stored!.name}/run.json`));
    const counted = run.results.map(({ count }: { count: number }) => count).reverse();
    assertEquals(last.measured.map(({ count }) => count), counted);
    const left = [...Deno.readDirSync(store)].filter(({ name }) => name.startsWith(".live"));
    assertEquals(left, []);
  } finally {
    await Deno.remove(store, { recursive: true });
  }
});

Deno.test({
  ...needs("the live page follows a run to its end by itself", {
    "chromium (deno task setup)": chromiumPath !== null,
  }),
  async fn(): Promise<void> {
    const store = await Deno.makeTempDir({ prefix: "fencelab-web-live-" });
    try {
      await using server = await WebServer.open(store);
      await using opened = await openPage(server.at("/live"), { width: 390, scheme: "dark" });
      const { page, complaints } = opened;
      assertStringIncludes(await page.textContent("#live") ?? "", "No run is in progress");
      const child = startRun(store);
      await page.waitForSelector("#live .growing rect", { timeout: 30_000 });
      assertEquals(await axeFindings(page, axe), []);
      await page.waitForSelector('#live a[href^="/runs/"]', { timeout: 60_000 });
      await finish(child);
      assertEquals(complaints, []);
      const wide = await page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth
      );
      assertEquals(wide, 0);
    } finally {
      await Deno.remove(store, { recursive: true });
    }
  },
});

Deno.test({
  ...needs("the live page goes on while one of its links has the focus, which stays there", {
    "chromium (deno task setup)": chromiumPath !== null,
  }),
  async fn(): Promise<void> {
    const store = await Deno.makeTempDir({ prefix: "fencelab-web-live-" });
    try {
      await using server = await WebServer.open(store);
      await using opened = await openPage(server.at("/live"), { width: 1280, scheme: "light" });
      const { page } = opened;
      const link = '#live a[href="/runs/20261121T010000Z-one-0001"]';
      {
        await using feed = await LiveFeed.open(store, "one", { host: "one", command: "lab run" });
        await page.getByRole("heading", { name: "one" }).waitFor();
        feed.end("20261121T010000Z-one-0001", null);
        await page.waitForSelector(link);
      }
      await page.focus(link);
      await using _other = await LiveFeed.open(store, "two", { host: "two", command: "lab run" });
      await page.getByRole("heading", { name: "two" }).waitFor();
      assertEquals(await page.evaluate((one) => document.activeElement?.matches(one), link), true);
    } finally {
      await Deno.remove(store, { recursive: true });
    }
  },
});
