/// <reference lib="dom" />

/** From the page of a trace to the Perfetto UI, which a page of the test stands in for. */

import { assertEquals, assertMatch } from "@std/assert";
import type { BrowserContext, Page } from "playwright-core";
import { needs } from "../fixtures/needs.ts";
import { chromiumPath } from "./report_browser.ts";
import { engineNeed } from "../traces/processor_engine.ts";
import { holdScripts, openPage } from "./browser.ts";
import { SharedPlace, SqlPlace } from "./sql_place.ts";

const browserNeed = { ...engineNeed, "chromium": chromiumPath !== null };

/** As the UI does: it answers PING once it is ready, then takes one trace. */
const STAND_IN = `<!DOCTYPE html><title>stand-in</title><body>waiting<script>
let pings = 0;
setTimeout(() => addEventListener("message", ({ data, source, origin }) => {
  if (data === "PING") { if (++pings === 2) source.postMessage("PONG", origin); return; }
  const { buffer, title, fileName } = data.perfetto;
  document.body.textContent = JSON.stringify({ bytes: buffer.byteLength, title, fileName, pings,
    first: [...new Uint8Array(buffer, 0, 4)] });
}), 300);
</script>`;

async function standIn(context: BrowserContext, body: string): Promise<void> {
  await context.route(
    "https://ui.perfetto.dev/**",
    (route) => route.fulfill({ contentType: "text/html", body }),
  );
}

/** Waits until the trace has its index. */
async function indexed(place: SqlPlace): Promise<void> {
  let state: string | undefined = "building";
  while (state === "building") {
    ({ state } = await (await place.server.fetch(place.api("operations"))).json());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const endpoint = ["--perfetto-port", "0"];
const shared = new SharedPlace("from a trace to the Perfetto UI", browserNeed, endpoint);
const withoutEndpoint = new SharedPlace("from a trace without an endpoint", browserNeed);

function testPage(
  name: string,
  test: (page: Page, place: SqlPlace) => Promise<void>,
  place: SharedPlace = shared,
): void {
  place.add(name, async (place) => {
    await indexed(place); // else the page would load itself again in the middle of the test
    await using opened = await openPage(place.server.at(`/traces/${place.key}`), {
      width: 1280,
      scheme: "light",
    });
    const { page } = opened;
    await test(page, place);
  });
}

testPage("the Perfetto UI is opened and handed the trace once it answers", async (page, place) => {
  await standIn(page.context(), STAND_IN);
  const opened = page.waitForEvent("popup");
  await page.getByText("Open in Perfetto").click();
  const ui = await opened;
  await ui.getByText("bytes").waitFor();
  const { bytes, title, fileName, pings, first } = JSON.parse(await ui.locator("body").innerText());
  assertEquals(bytes, place.trace.length);
  assertMatch(title, /^Uploaded trace [0-9a-f]{12}$/);
  assertMatch(fileName, /^upload-[0-9a-f]{64}\.pftrace$/);
  assertEquals([pings, first], [2, [...place.trace.slice(0, 4)]]);
  await page.getByText("The Perfetto UI has the trace.").waitFor();
});

testPage("another site that answers in the UI's place gets nothing", async (page) => {
  // The window is led elsewhere, as by a redirect: what is there answers eagerly
  const thief = STAND_IN.replace("let pings", "opener.postMessage('PONG', '*'); let pings");
  await page.context().route(
    "https://evil.example/**",
    (route) => route.fulfill({ contentType: "text/html", body: thief }),
  );
  await standIn(page.context(), "<script>location.href = 'https://evil.example/'</script>");
  const opened = page.waitForEvent("popup");
  await page.getByText("Open in Perfetto").click();
  const ui = await opened;
  await ui.waitForURL("https://evil.example/");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assertEquals(await ui.locator("body").innerText(), "waiting");
  await ui.close();
  await page.getByText("The window of the Perfetto UI was closed.").waitFor();
});

testPage("a browser that blocks the window is told of", async (page) => {
  await page.addInitScript(() => {
    globalThis.open = () => null;
  });
  await page.reload();
  await page.getByText("Open in Perfetto").click();
  await page.getByText("The browser blocked the new window").waitFor();
});

testPage("a trace is served to the UI, with a link to it", async (page, place) => {
  await page.getByText("Serve to the Perfetto UI").click();
  const link = page.getByRole("link", { name: "the Perfetto UI" });
  await link.waitFor();
  const { port } = new URL(place.server.perfettoUrl!);
  assertEquals(await link.getAttribute("href"), `https://ui.perfetto.dev/#!/?rpc_port=${port}`);
  const status = await (await fetch(`${place.server.perfettoUrl}/status`)).text();
  assertMatch(status, /Uploaded trace/);
});

testPage("without the endpoint its absence is told, with what to do", async (page) => {
  await page.getByText("Serve to the Perfetto UI").click();
  await page.getByText(
    /The endpoint for the Perfetto UI is turned off.*Remedy: leave out --perfetto-port off/,
  ).waitFor();
}, withoutEndpoint);

testPage(
  "a press before the script runs opens nothing, one that waits for it does",
  async (page) => {
    await standIn(page.context(), STAND_IN);
    const release = await holdScripts(page);
    await page.reload({ waitUntil: "commit" });
    const button = page.getByText("Open in Perfetto");
    await button.and(page.locator(":disabled")).waitFor();
    await button.click({ force: true });
    assertEquals(page.context().pages().length, 1);
    const opened = page.waitForEvent("popup");
    const pressed = button.click();
    release();
    await pressed;
    await (await opened).getByText("bytes").waitFor();
    await page.getByText("The Perfetto UI has the trace.").waitFor();
  },
);

Deno.test({
  ...needs("a page that loads itself again takes no press until it is there", browserNeed),
  async fn(): Promise<void> {
    await using place = await SqlPlace.open();
    const view = { width: 1280, scheme: "light" } as const;
    await using opened = await openPage(place.server.at("/live"), view);
    const { page } = opened;
    await page.addInitScript(() => {
      addEventListener("beforeunload", () => {
        sessionStorage.setItem("inert", String(document.body.inert));
      });
    });
    await page.goto(place.server.at(`/traces/${place.key}`));
    // Its index is there now, and with it the timeline
    await page.locator("#timeline").waitFor();
    assertEquals(await page.evaluate(() => sessionStorage.getItem("inert")), "true");
  },
});
