/// <reference lib="dom" />

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import axe from "axe-core/axe.min.js" with { type: "text" };
import type { Page } from "playwright-core";
import { needs } from "../fixtures/needs.ts";
import { axeFindings, chromiumPath, type View } from "./report_browser.ts";
import { crossArchitecture, HOSTILE, ReportPlace } from "../lab/report_place.ts";
import { openPage } from "./browser.ts";
import { makeHostilePlace, makePagesPlace } from "./pages_place.ts";
import { WebServer } from "./server.ts";

const browser = { "chromium (deno task setup)": chromiumPath !== null };

/** tests/web_walk_test.ts looks at the other two. */
const VIEWS: readonly View[] = [
  { width: 390, scheme: "light" },
  { width: 1280, scheme: "dark" },
];

const FULL = "20261121T010000Z-local-0001";
const ARM64 = "20261121T020000Z-qemu-arm64-0002";

/** What is wrong with a page as it stands. */
async function faults(page: Page): Promise<string[]> {
  const wide = await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth
  );
  return [
    ...await axeFindings(page, axe),
    ...wide === 0 ? [] : [`scrolls sideways by ${wide} px`],
  ];
}

Deno.test({
  ...needs("pages are accessible and whole in both schemes, wide and narrow", browser),
  async fn(): Promise<void> {
    using place = await makePagesPlace();
    await using server = await WebServer.open(place.store);
    const paths = [
      "/",
      "/runs",
      `/runs?technique=munmap&base=${FULL}&with=${ARM64}`,
      "/runs?host=nobody",
      `/runs/${FULL}`,
      `/runs/${ARM64}`,
      `/runs/${place.damaged}`,
      "/compare",
      `/compare?base=${FULL}&with=${place.measured}`,
      `/compare?base=${FULL}&with=${ARM64}`,
      "/fallbacks",
      "/fallbacks?need=realtime&host=qemu-arm64",
    ];
    for (const view of VIEWS) {
      await using opened = await openPage(server.at("/"), view);
      const { page, complaints } = opened;
      for (const path of paths) {
        const said = `${path} ${JSON.stringify(view)}`;
        await page.goto(server.at(path));
        await page.evaluate(() => {
          for (const one of document.querySelectorAll("details")) one.open = true;
        });
        await page.waitForFunction(() =>
          [...document.querySelectorAll(".plot")].every((plot) => plot.querySelector("canvas"))
        );
        assertEquals(await faults(page), [], said);
        const expected = path === `/runs/${place.damaged}` ? 1 : 0;
        // Chromium itself reports an answer that is no page
        assertEquals(complaints.splice(0).length, expected, said);
      }
    }
  },
});

Deno.test({
  ...needs("charts draw curves and histograms, and read them out", browser),
  async fn(): Promise<void> {
    using place = await makePagesPlace();
    await using server = await WebServer.open(place.store);
    await using opened = await openPage(server.at(`/runs/${FULL}#histograms`), VIEWS[1]!);
    const { page } = opened;
    const plots = await page.locator(".plot canvas").count();
    assert(plots >= 9, `${plots} charts`);
    const ink = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLCanvasElement>(".plot canvas")].map((canvas) => {
        const { data } = canvas.getContext("2d")!
          .getImageData(0, 0, canvas.width, canvas.height);
        const colours = new Set<string>();
        for (let at = 0; at < data.length; at += 4) {
          if (data[at + 3] === 255) colours.add(data.slice(at, at + 3).join());
        }
        return colours.size;
      })
    );
    assert(ink.every((colours) => colours >= 4), `a chart is empty: ${ink}`);
    const first = page.locator("#histograms .plot").first();
    await first.scrollIntoViewIfNeeded();
    const box = (await first.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
    const readout = page.locator("#histograms .readout").first();
    await page.waitForFunction(
      (one) => !one!.textContent!.startsWith("Point"),
      await readout.elementHandle(),
    );
    assertStringIncludes(await readout.textContent() ?? "", " to ");
  },
});

Deno.test({
  ...needs("the list is filtered, sorted and compared by the keyboard alone", browser),
  async fn(): Promise<void> {
    using place = await makePagesPlace();
    await using server = await WebServer.open(place.store);
    await using opened = await openPage(server.at("/runs"), VIEWS[1]!);
    const { page } = opened;
    /** Goes on by Tab until an element has the focus. */
    const reach = async (selector: string): Promise<void> => {
      for (let steps = 0; steps < 80; steps++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate((one) => document.activeElement?.matches(one), selector)) {
          const outline = await page.evaluate(() =>
            getComputedStyle(document.activeElement!).outlineWidth
          );
          assertEquals(outline, "3px", `${selector} shows no focus`);
          return;
        }
      }
      throw new Error(`${selector} cannot be reached`);
    };
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(/#main$/);
    await reach("select[name=arch]");
    await page.keyboard.type("aarch64");
    await reach("form.filters button");
    await page.keyboard.press("Enter");
    await page.waitForURL(/arch=aarch64/);
    assertEquals(await page.locator("tbody tr").count(), 1);
    assertStringIncludes(
      await page.locator("form.filters + p[role=status]").textContent() ?? "",
      "1 of 6 runs",
    );
    await reach("form.filters .actions a");
    await page.keyboard.press("Enter");
    await page.waitForURL(/runs$/);
    await reach(`input[name=with][value="${place.measured}"]`);
    await page.keyboard.press("Space");
    await reach(`input[name=base][value="${FULL}"]`);
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/compare\?/);
    assertEquals(await page.locator("#findings").count(), 1);
  },
});

Deno.test({
  ...needs("runs that are ticked stay so on other pages, sorted and filtered", browser),
  async fn(): Promise<void> {
    using place = new ReportPlace();
    const ids = crossArchitecture().map((run) => (place.put(run), run.id));
    await using server = await WebServer.open(place.store);
    await using opened = await openPage(server.at("/runs?size=1"), VIEWS[1]!);
    const { page } = opened;
    const tick = (side: string): Promise<void> =>
      page.locator(`input[name=${side}]:visible`).check();
    await tick("with");
    await page.getByRole("link", { name: "Next" }).click();
    await page.getByText("Page 2 of").waitFor();
    await tick("base");
    await page.getByRole("link", { name: "host" }).click();
    await page.waitForURL(/sort=host/);
    await page.locator("form.filters button").click();
    await page.waitForURL(/kernel=/);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.waitForURL(/\/compare\?/);
    const { searchParams } = new URL(page.url());
    const newest = ids.toSorted().reverse();
    assertEquals([...searchParams].sort(), [["base", newest[1]], ["with", newest[0]]]);
  },
});

Deno.test({
  ...needs("pages show hostile texts of runs as texts", browser),
  async fn(): Promise<void> {
    using place = makeHostilePlace();
    await using server = await WebServer.open(place.store);
    const ids = HOSTILE.map((_, at) => {
      const second = String(at).padStart(2, "0");
      return `20261121T0400${second}Z-evil-00${second}`;
    });
    const paths = [
      "/",
      "/runs",
      ...HOSTILE.slice(0, 6).map((text) => `/runs?host=${encodeURIComponent(text)}`),
      ...ids.map((id) => `/runs/${id}`),
      `/compare?base=${ids[0]}&base=${ids[6]}&with=${ids[1]}&with=${ids[7]}`,
      "/fallbacks",
    ];
    await using opened = await openPage(server.at("/"), { width: 390, scheme: "light" });
    const { page, complaints } = opened;
    for (const path of paths) {
      await page.goto(server.at(path));
      const seen = await page.evaluate(() => ({
        pwned: (globalThis as unknown as { pwned?: number }).pwned,
        images: document.images.length,
        text: document.body.innerText,
      }));
      assertEquals([seen.pwned, seen.images], [undefined, 0], path);
      assert(
        !/[\u202e\u2066\u200b]/.test(seen.text),
        `${path}: marks that reorder text got through`,
      );
      assertEquals(await faults(page), [], path);
      assertEquals(complaints, [], path);
    }
    await page.goto(server.at("/runs"));
    const text = await page.locator("body").innerText();
    assertStringIncludes(text, HOSTILE[0]);
    assertStringIncludes(text, "\\u202egnp.exe");
  },
});
