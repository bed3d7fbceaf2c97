/// <reference lib="dom" />

/** The SQL console in a browser. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import axe from "axe-core/axe.min.js" with { type: "text" };
import type { Page } from "playwright-core";
import { axeInBothSchemes, chromiumPath, type View } from "./report_browser.ts";
import { engineNeed } from "../traces/processor_engine.ts";
import { openPage } from "./browser.ts";
import { ENDLESS } from "./engine_place.ts";
import { SharedPlace } from "./sql_place.ts";

const browserNeed = { ...engineNeed, "chromium": chromiumPath !== null };
const WIDE: View = { width: 1280, scheme: "light" };

/** Where screenshots go; none are made where it is not set. */
const shots = Deno.env.get("FENCELAB_SCREENSHOTS");

async function shot(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}

/** Runs SQL in the console, and waits for what comes of it. */
async function run(page: Page, sql: string): Promise<void> {
  await page.getByLabel("PerfettoSQL").fill(sql);
  await page.getByLabel("PerfettoSQL").press("Control+Enter");
  await page.getByText("Cancel").and(page.locator(":disabled")).waitFor();
}

const shared = new SharedPlace("the SQL console in a browser", browserNeed);

function testConsole(name: string, test: (url: string) => Promise<void>): void {
  shared.add(name, (place) => test(place.server.at(`/traces/${place.key}/sql`)));
}

testConsole(
  "the console runs SQL, pages through rows, and keeps them in the address",
  async (url) => {
    await using opened = await openPage(url, WIDE);
    const { page, complaints } = opened;
    await page.getByLabel("Examples").selectOption("Slices by name");
    await page.getByText("Run", { exact: true }).click();
    await page.getByRole("cell", { name: "call_function_single" }).waitFor();
    assertMatch(await page.locator("caption").innerText(), /^\d+ rows, [\d.]+ ms$/);

    await run(
      page,
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 250) SELECT x, '<i>\u202e' FROM c",
    );
    assertEquals(await page.locator("tbody tr").count(), 100);
    assertEquals(await page.locator("tbody tr td:nth-child(2)").first().innerText(), "<i>\\u202e");
    await page.getByText("Next").click();
    await page.getByText("Next").click();
    await page.getByText("Rows 201 to 250 of 250").waitFor();
    // It keeps the focus, and does nothing more
    await page.keyboard.press("Enter");
    assertEquals(await page.locator("tbody tr").count(), 50);

    const download = page.waitForEvent("download");
    await page.getByText("Download CSV").click();
    const lines = (await Deno.readTextFile(await (await download).path())).split("\r\n");
    assertEquals([lines.length, lines[1]], [252, "1,<i>\u202e"]);

    assert(new URL(page.url()).searchParams.get("sql")!.startsWith("WITH RECURSIVE"));
    await page.reload();
    await page.getByText("Rows 1 to 100 of 250").waitFor();
    assertEquals(complaints, []);
  },
);

testConsole(
  "what is wrong with SQL is shown with its place; a query can be cancelled",
  async (url) => {
    await using opened = await openPage(url, WIDE);
    const { page } = opened;
    await run(page, "SELECT 1,\n  nosuch FROM slice");
    const alert = page.getByRole("alert");
    assertMatch(await alert.innerText(), /line 2, column 3.*no such column: nosuch/s);
    assertEquals(await alert.locator("pre").innerText(), "  nosuch FROM slice\n  ^");
    await shot(page, "sql-error");
    await run(page, "DROP TABLE slice");
    assertMatch(await alert.innerText(), /'DROP' at line 1, column 1 is not allowed/);

    await page.getByLabel("PerfettoSQL").fill(ENDLESS);
    await page.getByText("Run", { exact: true }).click();
    await page.getByText(/^Running, \d+ s…$/).waitFor();
    await page.getByText("Cancel").click();
    await page.getByText("Cancelled.").waitFor();
    await run(page, "SELECT 42 AS x");
    await page.getByRole("cell", { name: "42" }).waitFor();
  },
);

testConsole("without JavaScript the form runs SQL", async (url) => {
  await using opened = await openPage(url, WIDE, { javaScriptEnabled: false });
  const { page } = opened;
  await page.getByLabel("PerfettoSQL").fill("SELECT 42 AS x");
  await page.getByText("Run", { exact: true }).click();
  await page.getByRole("cell", { name: "42" }).waitFor();
});

for (const view of [{ width: 390, scheme: "dark" }, WIDE] as const) {
  const { width } = view;
  testConsole(
    `the console at ${width} px: nothing scrolls sideways, axe finds nothing in both schemes`,
    async (url) => {
      await using opened = await openPage(url, view);
      const { page, complaints } = opened;
      await page.getByLabel("Examples").selectOption("Longest operations");
      await page.getByText("Run", { exact: true }).click();
      await page.locator("tbody tr").first().waitFor();
      const { scroll, inner } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        inner: globalThis.innerWidth,
      }));
      assertEquals(scroll, inner);
      assertEquals(await axeInBothSchemes(page, axe, view), []);
      assertEquals(complaints, []);
      await shot(page, `sql-${width}`);
    },
  );
}
