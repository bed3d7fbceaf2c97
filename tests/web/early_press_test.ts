/// <reference lib="dom" />

/**
 * Whoever presses before a page's scripts have run is not fooled: what looks usable at that time
 * works without them, on every page.
 */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { sampleCapture, sampleRun } from "../../lab/testdata/sample_run.ts";
import { RunStore } from "../../lab/store/run_store.ts";
import { encodeIndex } from "../../traces/index/index_file.ts";
import { indexedTrace } from "../fixtures/traces/indexed_trace.ts";
import { needs } from "../fixtures/needs.ts";
import { chromiumPath } from "./report_browser.ts";
import { crossArchitecture, ReportPlace } from "../lab/report_place.ts";
import { holdScripts, openPage } from "./browser.ts";
import { WebServer } from "./server.ts";

const browser = { "chromium (deno task setup)": chromiumPath !== null };

const TRACED = "20261121T040000Z-local-0004";
const DAMAGED = "20261121T050000Z-local-0005";

/** Saves a run with a trace and an index, and one whose index cannot be read. */
async function putTraces(store: string): Promise<void> {
  const { trace, index } = await indexedTrace();
  const results = [sampleCapture({ index: "capture.pfindex" })];
  const whole = encodeIndex(index);
  for (const [id, content] of [[TRACED, whole], [DAMAGED, whole.slice(0, 99)]] as const) {
    const files = new Map([["capture.pftrace", trace], ["capture.pfindex", content]]);
    await new RunStore(store).save(sampleRun({ id, results }), files);
  }
}

/** Every kind of page, in the states that differ in their controls. */
function pagesOf([first, second]: readonly string[]): string[] {
  const trace = `/traces/${TRACED}~capture.pftrace`;
  return [
    "/",
    "/runs",
    "/runs?size=1&sort=host",
    "/runs?host=nobody",
    `/runs/${first}`,
    `/runs/${TRACED}`,
    "/compare",
    `/compare?base=${first}&with=${second}`,
    "/fallbacks",
    "/live",
    "/guide",
    "/guide/traces",
    trace,
    `${trace}?tab=details&select=0`,
    `${trace}?tab=sql`,
    `${trace}/sql`,
    `/traces/${DAMAGED}~capture.pftrace`,
  ];
}

/** What a page offers to be pressed or filled in. */
interface Offer {
  /** Buttons that send a form. */
  readonly senders: readonly number[];
  /** What looks usable though nothing hears it. */
  readonly dead: readonly string[];
}

/** Judges each control of a page whose scripts have not run; numbers are places in the page. */
async function offerOf(page: Page): Promise<Offer> {
  return await page.evaluate(() => {
    const usable = (one: Element): boolean =>
      one.checkVisibility({ visibilityProperty: true }) && !one.matches(":disabled") &&
      one.closest("[aria-disabled=true], [inert]") === null;
    const sends = (one: Element): one is HTMLButtonElement =>
      one instanceof HTMLButtonElement && one.type === "submit" && one.form !== null &&
      one.form.method !== "dialog";
    const isSent = (one: Element): boolean =>
      (one instanceof HTMLInputElement || one instanceof HTMLSelectElement ||
        one instanceof HTMLTextAreaElement) &&
      one.name !== "" &&
      [...one.form?.elements ?? []].some((other) => sends(other) && usable(other));
    const native = (one: Element): boolean =>
      // Links and disclosures; regions that only scroll
      one.matches("a[href], summary, pre, [role=group], option") || sends(one) || isSent(one);
    const dead: string[] = [];
    const senders: number[] = [];
    for (const [at, one] of [...document.querySelectorAll("*")].entries()) {
      const control = one.matches(
        "button, input, select, textarea, a, summary, canvas, [tabindex], [contenteditable], " +
          "[role=button], [role=tab], [role=switch], [role=checkbox], [role=slider]",
      );
      // A canvas is usable as far as it can be reached
      if (!control || (one.matches("canvas") && (one as HTMLElement).tabIndex < 0)) continue;
      if (!usable(one)) continue;
      if (sends(one)) senders.push(at);
      if (!native(one)) dead.push(one.outerHTML);
    }
    return { senders, dead };
  });
}

/** Presses buttons at once, without leaving the page. @returns Those that would send no form. */
async function pressAll(page: Page, senders: readonly number[]): Promise<string[]> {
  return await page.evaluate((senders) => {
    const all = document.querySelectorAll<HTMLElement>("*");
    return senders.flatMap((at) => {
      let sent = false;
      const listen = (event: Event): void => {
        event.preventDefault();
        sent = true;
      };
      addEventListener("submit", listen);
      all[at]!.click();
      removeEventListener("submit", listen);
      return sent ? [] : [all[at]!.outerHTML];
    });
  }, senders);
}

Deno.test({
  ...needs("before its scripts run, nothing on a page looks usable that is not", browser),
  async fn(): Promise<void> {
    using place = new ReportPlace();
    const ids = crossArchitecture().map((run) => (place.put(run), run.id));
    await putTraces(place.store);
    await using server = await WebServer.open(place.store);
    await using opened = await openPage(server.at("/live"), { width: 1280, scheme: "light" });
    const { page, complaints } = opened;
    let pressed = 0;
    for (const path of pagesOf(ids)) {
      const release = await holdScripts(page);
      await page.goto(server.at(path), { waitUntil: "commit" });
      await page.waitForFunction(() => document.readyState !== "loading");
      const { dead, senders } = await offerOf(page);
      assertEquals(dead, [], path);
      assertEquals(await pressAll(page, senders), [], path);
      pressed += senders.length;
      release();
      // Every island that the page has controls for is there, and has enabled them
      await page.waitForFunction(() => document.querySelector("[data-island]") === null);
      assertEquals(complaints.splice(0), [], path);
    }
    assert(pressed > 10, `${pressed} buttons send forms`);
  },
});

Deno.test({
  ...needs("without JavaScript no page shows what needs it", browser),
  async fn(): Promise<void> {
    using place = new ReportPlace();
    const ids = crossArchitecture().map((run) => (place.put(run), run.id));
    await putTraces(place.store);
    await using server = await WebServer.open(place.store);
    await using opened = await openPage(
      server.at("/live"),
      { width: 1280, scheme: "light" },
      { javaScriptEnabled: false },
    );
    const { page } = opened;
    for (const path of pagesOf(ids)) {
      await page.goto(server.at(path));
      assertEquals((await offerOf(page)).dead, [], path);
      assertEquals(await page.locator(":disabled:visible").count(), 0, path);
    }
  },
});

Deno.test({
  ...needs("SQL that is written before the console has started stays, as does the focus", browser),
  async fn(): Promise<void> {
    using place = new ReportPlace();
    await putTraces(place.store);
    await using server = await WebServer.open(place.store);
    await using opened = await openPage(server.at("/live"), { width: 1280, scheme: "light" });
    const { page } = opened;
    const release = await holdScripts(page);
    const path = `/traces/${TRACED}~capture.pftrace/sql`;
    await page.goto(server.at(path), { waitUntil: "commit" });
    await page.getByLabel("PerfettoSQL").fill("SELECT 4");
    release();
    await page.getByLabel("Examples").waitFor();
    await page.keyboard.type("2");
    assertEquals(await page.getByLabel("PerfettoSQL").inputValue(), "SELECT 42");
  },
});
