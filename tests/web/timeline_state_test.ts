/// <reference lib="dom" />

/** What the timeline's address restores, and what must leave its view alone. */

import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { needs } from "../fixtures/needs.ts";
import { chromiumPath } from "./report_browser.ts";
import { openPage } from "./browser.ts";
import { recorderNeeds, TimelinePage, TimelinePlace } from "./timeline_place.ts";

/** An operation of the list, with its place in the trace. */
interface Operation {
  readonly id: number;
  readonly beginNs: number;
  readonly durationNs: number;
}

/** Opens the page with a query. */
async function look(
  place: TimelinePlace,
  query: string,
  test: (timeline: TimelinePage) => Promise<void>,
): Promise<void> {
  await using opened = await openPage(place.url(query), { width: 1280, scheme: "light" });
  const timeline = new TimelinePage(opened.page);
  await timeline.ready();
  await test(timeline);
  assertEquals(opened.complaints, []);
}

/** The longest operations of the trace. */
async function longest(place: TimelinePlace): Promise<Operation[]> {
  const url = place.url().replace("/traces/", "/api/traces/");
  return (await (await fetch(`${url}/operations?technique=munmap&limit=9`)).json()).operations;
}

/** How high the part of the page with the rows is. */
async function height({ page }: TimelinePage): Promise<number> {
  return (await page.locator("#timeline-scroller").boundingBox())!.height;
}

type Test = (place: TimelinePlace) => Promise<void>;

/** With all groups open; the first step sees it. */
let openHeight = 0;

/** Steps of one test: they share the recording. */
const tests: Readonly<Record<string, Test>> = {
  "a link shows the time that it names, though the selection lies elsewhere": async (place) => {
    const [one] = await longest(place) as [Operation];
    const from = Math.floor(one.beginNs > 10_000_000 ? 1000 : one.beginNs + 10_000_000);
    const part = { from, to: from + 500_000 };
    await look(place, `?from=${part.from}&to=${part.to}&select=${one.id}`, async (timeline) => {
      const { page } = timeline;
      await page.getByText("Selected: ").waitFor();
      assertEquals([await timeline.settled(), await timeline.selected()], [part, one.id]);
      openHeight = await height(timeline);
      // Nor do other buttons of the mouse move it
      const strip = page.locator("#timeline-overview");
      const box = (await strip.boundingBox())!;
      const position = { x: box.width / 2, y: box.height / 2 };
      await strip.click({ button: "right", position });
      assertEquals(await timeline.view(), part);
      await strip.click({ position });
      assertNotEquals(await timeline.view(), part);
    });
  },

  "a click on a slice that reaches past the view leaves it where it is": async (place) => {
    const [{ id, beginNs, durationNs }] = await longest(place) as [Operation];
    const from = Math.floor(beginNs + durationNs * 0.7);
    const part = { from, to: from + Math.ceil(durationNs * 0.5) };
    const query = `?from=${part.from}&to=${part.to}&closed=cpu,interrupts`;
    await look(place, query, async (timeline) => {
      const { page } = timeline;
      assertEquals(await height(timeline), openHeight, "no room for groups that are opened later");
      await page.getByRole("button", { name: "Operations (1 of 3)" }).waitFor();
      const row = (await page.locator(".timeline-row:visible").last().boundingBox())!;
      const { x } = await timeline.at(0.05, 0);
      const click = (): Promise<void> => page.mouse.click(x, row.y + row.height / 2);
      assertEquals(await timeline.selectedAfter(click), id);
      assertEquals(await timeline.view(), part);
      // f zooms to it, and going back returns
      assertNotEquals(await timeline.press("f"), part);
      await page.goBack();
      assertEquals([await timeline.settled(), await timeline.selected()], [part, id]);
    });
  },

  "going back restores what was searched, and which threads are shown": (place) =>
    look(place, "?technique=munmap", async (timeline) => {
      const { page } = timeline;
      const field = page.locator("#timeline-search input");
      const box = page.locator("#timeline-idle");
      const seek = (text: string): Promise<number> =>
        timeline.selectedAfter(async () => {
          await field.fill(text);
          await field.press("Enter");
        });
      await seek("munmap");
      await seek("getppid");
      await box.uncheck();
      await page.waitForURL(/rows=all/);
      // The box takes no letter from the timeline
      const before = await timeline.view();
      const { from, to } = await timeline.press("s");
      assert(to - from > before.to - before.from, "the box has taken the key");
      await page.goBack();
      await timeline.settled();
      assertEquals([await field.inputValue(), await box.isChecked()], ["munmap", true]);
      await page.goBack();
      await timeline.settled();
      assertEquals(await field.inputValue(), "");
      await page.goForward();
      await page.goForward();
      await timeline.settled();
      assertEquals([await field.inputValue(), await box.isChecked()], ["getppid", false]);
    }),

  "without scripts a selected operation's facts are there, and the last page is the last": async (
    place,
  ) => {
    const text = async (query: string): Promise<string> =>
      await (await fetch(place.url(query))).text();
    const [{ id }] = await longest(place) as [Operation];
    const selected = await text(`?select=${id}&tab=details`);
    assert(!selected.includes("Nothing is selected"));
    assertStringIncludes(selected, "<h3>munmap</h3>");
    assertStringIncludes(selected, "<dt>CPUs interrupted</dt>");
    assertStringIncludes(await text("?select=4000000000"), "Nothing is selected");
    const page = await text("?technique=munmap&page=9999");
    const [, at, of] = /Page ([\d\u00a0]+) of ([\d\u00a0]+)/.exec(page) ?? [];
    assert(at !== undefined && at === of, `page ${at} of ${of}`);
    assert(/data-slice/.test(page), "the last page is empty");
  },
};

Deno.test({
  ...needs("the timeline's state in its address", {
    ...recorderNeeds,
    chromium: chromiumPath !== null,
  }),
  async fn(context): Promise<void> {
    await using place = await TimelinePlace.open();
    for (const [name, test] of Object.entries(tests)) {
      await context.step(name, () => test(place));
    }
  },
});
