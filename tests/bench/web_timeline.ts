/// <reference lib="dom" />

/** A trace of a million events in a real browser: until it can be used, while it pans, and by SQL. */

import { median } from "simple-statistics";
import type { Page } from "playwright-core";
import type { TimelineProbe } from "../../web/islands/timeline/probe.ts";
import { openPage } from "../web/browser.ts";
import { WebServer } from "../web/server.ts";
import { longTrace, type StoredTrace } from "../web/trace.ts";
import { putWideTrace } from "./wide_trace.ts";

/** What the page has for benches. */
interface Probed {
  readonly fencelabTimeline: TimelineProbe;
}

/** How often the page is opened. */
const OPENINGS = 5;
/** How long it pans, ms. */
const PAN_MS = 4000;
/** SQL round trips once the trace is loaded. */
const QUERIES = 30;
/** Targets: usable within this of the click, ms; and frames per second while panning. */
const USABLE_MS = 1000;
const FRAMES_PER_SECOND = 60;
/** A display of 60 Hz shows a frame that is later than this twice, ms. */
const LATE_MS = 1000 / FRAMES_PER_SECOND * 1.5;

/** Records the trace if need be, measures; the lines say what was found. */
export async function benchTimeline(): Promise<string[]> {
  const store = new URL("../../build/bench/runs", import.meta.url).pathname;
  const trace = await longTrace(store);
  await using server = await WebServer.open(store);
  const lines = [`web timeline: a trace of ${trace.events} events`];
  const { median: usable, most } = await benchOpening(server, trace);
  lines.push(
    `web timeline: click to usable: median ${usable} ms, max ${most} ms of ${OPENINGS} ` +
      `(target: ${USABLE_MS} ms): ${verdict(most < USABLE_MS)}`,
  );
  lines.push(...await benchPanning(server, trace));
  lines.push(await benchSql(server, trace));
  return [...lines, ...await benchWide()];
}

/** The same for a machine with many CPUs and threads; the target for opening is for a million events. */
async function benchWide(): Promise<string[]> {
  const store = await Deno.makeTempDir({ prefix: "fencelab-bench-wide-" });
  try {
    const trace = putWideTrace(store);
    await using server = await WebServer.open(store);
    const { median: usable, most } = await benchOpening(server, trace);
    return [
      `web timeline: a made trace of 256 CPUs, 2000 threads and ${trace.events} events: click to ` +
      `usable: median ${usable} ms, max ${most} ms of ${OPENINGS}`,
      ...await benchPanning(server, trace),
    ];
  } finally {
    await Deno.remove(store, { recursive: true });
  }
}

function verdict(met: boolean): string {
  return met ? "met" : "NOT MET";
}

/** From the click on the link of the run's page to everything visible being painted, ms. */
async function benchOpening(
  server: WebServer,
  { run, key }: StoredTrace,
): Promise<{ median: number; most: number }> {
  const times: number[] = [];
  for (let opening = 0; opening < OPENINGS; opening++) {
    await using opened = await openPage(server.at(`/runs/${run}`), {
      width: 1280,
      scheme: "light",
    });
    const { page } = opened;
    const begin = performance.now();
    await page.locator(`a[href^="/traces/${key}"]`).first().click();
    await page.waitForFunction(() => performance.getEntriesByName("timeline-ready").length > 0);
    times.push(performance.now() - begin);
  }
  return { median: Math.round(median(times)), most: Math.round(Math.max(...times)) };
}

/** Frames while a key is held, at three zooms. */
async function benchPanning(server: WebServer, { key }: StoredTrace): Promise<string[]> {
  await using opened = await openPage(server.at(`/traces/${key}`), {
    width: 1280,
    scheme: "light",
  });
  const { page } = opened;
  await page.waitForFunction(() => performance.getEntriesByName("timeline-ready").length > 0);
  const lines: string[] = [];
  for (const [zoom, presses] of [["far", 4], ["middle", 12], ["near", 14]] as const) {
    await page.locator("#timeline-canvas").hover();
    for (let press = 0; press < presses; press++) await page.keyboard.press("w", { delay: 30 });
    await page.waitForTimeout(500);
    const frames = await framesWhilePanning(page);
    const late = frames.filter((ms) => ms > LATE_MS).length;
    const rate = 1000 * frames.length / frames.reduce((sum, ms) => sum + ms, 0);
    const share = late / frames.length;
    const visible = await page.evaluate(() => {
      const { from, to } = (globalThis as unknown as Probed).fencelabTimeline.view();
      return to - from;
    });
    lines.push(
      `web timeline: panning at ${(visible / 1e6).toFixed(3)} ms visible (${zoom}): ` +
        `${rate.toFixed(1)} frames/s, ${frames.length} frames, ${
          (100 * share).toFixed(1)
        } % late, ` +
        `worst ${Math.max(...frames).toFixed(0)} ms (target: ${FRAMES_PER_SECOND}): ` +
        verdict(rate > FRAMES_PER_SECOND - 1 && share < 0.02),
    );
  }
  return lines;
}

async function framesWhilePanning(page: Page): Promise<number[]> {
  const measuring = page.evaluate((duration) =>
    new Promise<number[]>((resolve) => {
      const frames: number[] = [];
      const begin = performance.now();
      let last: number | null = null;
      const step = (time: number): void => {
        if (last !== null) frames.push(time - last);
        last = time;
        if (performance.now() - begin > duration) resolve(frames);
        else requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    }), PAN_MS);
  // To and fro, so that the end of the trace is not reached
  for (let at = 0; at < 4; at++) {
    const pressed = at % 2 === 0 ? "d" : "a";
    await page.keyboard.down(pressed);
    await page.waitForTimeout(PAN_MS / 4);
    await page.keyboard.up(pressed);
  }
  return await measuring;
}

/** The first query loads the trace; the others do not. */
async function benchSql(server: WebServer, { key }: StoredTrace): Promise<string> {
  const ask = async (sql: string): Promise<number> => {
    const begin = performance.now();
    const response = await server.fetch(`/api/traces/${key}/query`, {
      method: "POST",
      body: JSON.stringify({ sql }),
      headers: { "content-type": "application/json" },
    });
    if (!response.ok) throw new Error(`SQL failed: ${await response.text()}`);
    await response.json();
    return performance.now() - begin;
  };
  const first = await ask("SELECT count(*) FROM slice");
  const times: number[] = [];
  for (let query = 0; query < QUERIES; query++) {
    times.push(await ask(`SELECT * FROM slice ORDER BY ts LIMIT 100 OFFSET ${query * 100}`));
  }
  return `web timeline: SQL round trip of 100 slices: median ${median(times).toFixed(1)} ms, max ` +
    `${Math.max(...times).toFixed(1)} ms of ${QUERIES}; the first, which loads the trace: ` +
    `${(first / 1000).toFixed(1)} s`;
}
