/// <reference lib="dom" />

/** The timeline of a real trace, in a browser. */

import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import axe from "axe-core/axe.min.js" with { type: "text" };
import { PAN_STEP, ZOOM_STEP } from "../../web/islands/timeline/motion.ts";
import { needs } from "../fixtures/needs.ts";
import { axeInBothSchemes, chromiumPath, type View } from "./report_browser.ts";
import { openPage } from "./browser.ts";
import { type Part, recorderNeeds, TimelinePage, TimelinePlace } from "./timeline_place.ts";

const chromium = chromiumPath !== null;
const WIDE: View = { width: 1280, scheme: "light" };

/** Where screenshots go; none are made where it is not set. */
const shots = Deno.env.get("FENCELAB_SCREENSHOTS");

function span({ from, to }: Part): number {
  return to - from;
}

/** Opens the page, and says at the end what the browser complained of. */
async function look(
  place: TimelinePlace,
  query: string,
  view: View,
  test: (timeline: TimelinePage) => Promise<void>,
): Promise<void> {
  await using opened = await openPage(place.url(query), view);
  const timeline = new TimelinePage(opened.page);
  await timeline.ready();
  await test(timeline);
  assertEquals(opened.complaints, []);
}

type Test = (place: TimelinePlace) => Promise<void>;

/** Steps of one test: they share the recording. */
const tests: Readonly<Record<string, Test>> = {
  "rows are named beside the canvas, and all of the trace is drawn": (place) =>
    look(place, "", WIDE, async (timeline) => {
      const names = await timeline.page.locator(".timeline-row").allInnerTexts();
      assert(names.includes("CPU 0") && names.some((name) => name.includes("interrupts")));
      const { lines, slices, level } = await timeline.drawn();
      assert(lines > 3 && slices > 20 && level > 0, `${lines} lines, ${slices} slices`);
    }),

  "keys zoom at the pointer and pan by their steps": (place) =>
    look(place, "", WIDE, async (timeline) => {
      const { x, y } = await timeline.at(0.25, 0.5);
      await timeline.page.mouse.move(x, y);
      const whole = await timeline.settled();
      const fourth = whole.from + span(whole) / 4;
      const zoomed = await timeline.press("w");
      assertAlmostEquals(span(zoomed), span(whole) / ZOOM_STEP, span(whole) * 0.01);
      assertAlmostEquals(zoomed.from + span(zoomed) / 4, fourth, span(whole) * 0.01);
      await timeline.press("w");
      const before = await timeline.press("w");
      const right = await timeline.press("d");
      assertAlmostEquals(right.from - before.from, PAN_STEP * span(before), span(before) * 0.01);
      const left = await timeline.press("a");
      assertAlmostEquals(left.from, before.from, span(before) * 0.01);
      const out = await timeline.press("s");
      assertAlmostEquals(span(out), span(before) * ZOOM_STEP, span(before) * 0.01);
      assertEquals(await timeline.press("0"), whole);
    }),

  "a held key goes on, and the view is never left without a picture": (place) =>
    look(place, "", WIDE, async (timeline) => {
      for (let press = 0; press < 8; press++) await timeline.press("w");
      const { from, to } = await timeline.settled();
      await timeline.hold("a", from - 2 * PAN_STEP * (to - from)); // a single press goes less far
    }),

  "a click on an operation jumps there, selects it, and going back returns": (place) =>
    look(place, "?technique=munmap", WIDE, async (timeline) => {
      const { page } = timeline;
      const before = await timeline.view();
      const link = page.locator("#operations tbody a").first();
      const [begin, end] = [
        Number(await link.getAttribute("data-begin")),
        Number(await link.getAttribute("data-end")),
      ];
      const id = await timeline.selectedAfter(() => link.click());
      assertEquals(id, Number(await link.getAttribute("data-slice")));
      const view = await timeline.view();
      assertAlmostEquals((end - begin) / span(view), 1 / 3, 0.01);
      assert(view.from < begin && view.to > end);
      assertEquals(await page.locator("#details-of h3").innerText(), "munmap");
      // The other threads have nothing to show here
      await page.getByRole("button", { name: "Operations (1 of 3)" }).waitFor();
      assert((await timeline.drawn()).selectedArrows > 0, "no arrow of the selection is drawn");
      assert((await timeline.drawn()).arrows > 0, "no arrows are drawn");
      assertEquals(new URL(page.url()).searchParams.get("select"), String(id));
      if (shots) await page.screenshot({ path: `${shots}/timeline.png`, fullPage: true });
      await page.goBack();
      assertEquals(await timeline.settled(), before);
      assertEquals(await timeline.selected(), null);
      assert(await page.locator("#operations").isVisible());
    }),

  "brackets follow arrows, dot and comma step through the row": (place) =>
    look(place, "?technique=munmap", WIDE, async (timeline) => {
      const { page } = timeline;
      const press = (key: string): Promise<number> =>
        timeline.selectedAfter(() => page.keyboard.press(key));
      const link = page.locator("#operations tbody a").nth(10);
      const operation = await timeline.selectedAfter(() => link.click());
      const handler = await press("]");
      assertMatch(await timeline.said(), /^Selected: handler .* interrupts/);
      assert(handler !== operation);
      assertEquals(await press("["), operation);
      const next = await press(".");
      assertEquals(next, operation + 1);
      assertEquals(await press(","), operation);
      await page.keyboard.press("m");
      assertMatch(await page.locator("#timeline-marked").innerText(), /^Marked: .*s, \d+ slices?$/);
      await page.keyboard.press("Escape");
      assertEquals(await timeline.selected(), null);
      await timeline.settled();
      assertEquals(new URL(page.url()).searchParams.get("select"), null);
    }),

  "search goes from hit to hit, and back": (place) =>
    look(place, "", WIDE, async (timeline) => {
      const { page } = timeline;
      await page.keyboard.press("/");
      await page.keyboard.type("MUNMAP");
      const press = (key: string): Promise<number> =>
        timeline.selectedAfter(() => page.keyboard.press(key));
      const first = await press("Enter");
      assertMatch(await page.locator("#timeline-hits").innerText(), /^[\d,]+ slices$/);
      assertMatch(await timeline.said(), /munmap/);
      const second = await press("Enter");
      assert(second !== first);
      assertEquals(await press("Shift+Enter"), first);
      await page.locator("#timeline-search input").fill("no such thing");
      await page.keyboard.press("Enter");
      await page.getByText("Nothing found").waitFor();
    }),

  "the address shows the same again": async (place) => {
    let address = "";
    let before: unknown[] = [];
    await look(place, "?technique=munmap&sort=time", WIDE, async (timeline) => {
      const link = timeline.page.locator("#operations tbody a").nth(3);
      await timeline.selectedAfter(() => link.click());
      await timeline.page.keyboard.press("m");
      await timeline.page.getByRole("button", { name: /^Interrupts/ }).click();
      const { from, to } = await timeline.press("d");
      const marked = await timeline.page.locator("#timeline-marked").innerText();
      before = [await timeline.selected(), Math.floor(from), Math.ceil(to), marked];
      assertMatch(marked, /^Marked: /);
      address = new URL(timeline.page.url()).search;
    });
    await look(place, address, WIDE, async (timeline) => {
      const { from, to } = await timeline.settled();
      // Counted with the tiles that have come
      await timeline.page.getByText(String(before[3]), { exact: true }).waitFor();
      assertEquals([await timeline.selected(), from, to], before.slice(0, 3));
      const group = timeline.page.locator("[data-group][aria-expanded=false]");
      assertEquals(await group.getAttribute("data-group"), "interrupts");
      // Opened again, it is open in the address too, and so is what was marked
      await group.click();
      await timeline.page.locator("#timeline-canvas").focus();
      await timeline.page.keyboard.press("m");
      await timeline.page.waitForFunction(() => !/closed|mark/.test(location.search));
      const chosen = timeline.page.locator("[role=tab][aria-selected=true]");
      assertEquals(await chosen.innerText(), "Details");
    });
  },

  "the mouse pans, marks, zooms and selects": (place) =>
    look(place, "?technique=munmap", WIDE, async (timeline) => {
      const { page } = timeline;
      const link = page.locator("#operations tbody a").first();
      const id = await timeline.selectedAfter(() => link.click());
      const view = await timeline.settled();
      await page.keyboard.press("Escape");
      assertEquals(await timeline.selected(), null);
      const row = (await page.locator(".timeline-row").last().boundingBox())!;
      const { x } = await timeline.at(0.5, 0);
      await page.mouse.move(x, row.y + row.height / 2);
      assertMatch(await page.locator("#timeline-tooltip").innerText(), /^munmap\n.*s from 0\./);
      await timeline.selectedAfter(() => page.mouse.click(x, row.y + row.height / 2));
      assertEquals(await timeline.selected(), id);
      const [left, middle] = [await timeline.at(0.3, 0.9), await timeline.at(0.5, 0.9)];
      const drag = async (): Promise<void> => {
        await page.mouse.move(left.x, left.y);
        await page.mouse.down();
        await page.mouse.move(middle.x, middle.y, { steps: 4 });
        await page.mouse.up();
      };
      await drag();
      const moved = await timeline.settled();
      assertAlmostEquals(view.from - moved.from, 0.2 * span(view), 0.01 * span(view));
      await page.keyboard.down("Shift");
      await drag();
      await page.keyboard.up("Shift");
      assertMatch(await page.locator("#timeline-marked").innerText(), /^Marked: /);
      await page.keyboard.down("Control");
      await page.mouse.wheel(0, -200);
      await page.keyboard.up("Control");
      assert(span(await timeline.settled()) < 0.9 * span(view));
    }),

  "two fingers zoom, and nothing glides for those who want no motion": (place) =>
    look(place, "", WIDE, async (timeline) => {
      const { page } = timeline;
      const whole = await timeline.settled();
      const touch = await page.context().newCDPSession(page);
      const fingers = async (type: "touchStart" | "touchMove" | "touchEnd", ...at: number[]) => {
        const points = await Promise.all(at.map((across) => timeline.at(across, 0.5)));
        const touchPoints = points.map((point, id) => ({ ...point, id }));
        await touch.send("Input.dispatchTouchEvent", { type, touchPoints });
      };
      await fingers("touchStart", 0.4, 0.6);
      for (const away of [0.15, 0.2, 0.25]) await fingers("touchMove", 0.5 - away, 0.5 + away);
      await fingers("touchEnd");
      const pinched = await timeline.settled();
      assertAlmostEquals(span(pinched), span(whole) * 0.4, span(whole) * 0.05);
      await page.emulateMedia({ reducedMotion: "reduce" });
      await page.keyboard.press("d");
      const { from } = await timeline.view();
      assertAlmostEquals(from - pinched.from, PAN_STEP * span(pinched), span(whole) * 0.01);
    }),

  "without scripts the operations are there all the same": async (place) => {
    const text = await (await fetch(place.url("?technique=getppid"))).text();
    assertEquals(text.match(/<a href="\?[^"]*select=/g)?.length, 50);
    assert(text.includes("<noscript>"));
    await (await fetch(place.url("?page=99999&select=99999&from=5"))).body!.cancel();
  },

  "rows are reached by the keyboard, and groups collapse": (place) =>
    look(place, "", WIDE, async (timeline) => {
      const { page } = timeline;
      await page.locator(".timeline-row").first().focus();
      await page.keyboard.press("ArrowDown");
      const name = await page.locator(":focus").innerText();
      await timeline.selectedAfter(() => page.keyboard.press("Enter"));
      assertMatch(await timeline.said(), new RegExp(`in ${name}`));
      const { lines } = await timeline.drawn();
      await page.getByRole("button", { name: /^Interrupts/ }).click();
      await timeline.settled();
      assert((await timeline.drawn()).lines < lines);
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
    }),

  "phones, both schemes: nothing is wider than the page, axe finds nothing": async (place) => {
    for (const view of [{ width: 390, scheme: "dark" }, WIDE] as const) {
      const { width } = view;
      await look(place, "?technique=munmap", view, async (timeline) => {
        const { page } = timeline;
        await timeline.selectedAfter(() => page.locator("#operations tbody a").first().click());
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assertEquals(wide, width);
        assertEquals(await axeInBothSchemes(page, axe, view), [], `${width} px`);
        await page.getByRole("tab", { name: "Operations" }).click();
        assertEquals(await axeInBothSchemes(page, axe, view), [], `operations, ${width} px`);
      });
    }
  },

  "sorting and paging change the list and the address": (place) =>
    look(place, "", WIDE, async (timeline) => {
      const { page } = timeline;
      await page.locator("#operations-by-time").click();
      await page.locator("[aria-sort=ascending]").waitFor();
      assertEquals(new URL(page.url()).searchParams.get("sort"), "time");
      await page.getByRole("link", { name: "Next", exact: true }).click();
      await page.getByText(/^Page 2 of/).waitFor();
      await page.getByLabel("Technique").selectOption("getppid");
      await page.waitForFunction(() =>
        [...document.querySelectorAll("#operations tbody th")].every((cell) =>
          cell.textContent!.startsWith("getppid")
        )
      );
      await page.goBack();
      await page.getByText(/^Page 2 of/).waitFor();
    }),
};

Deno.test({
  ...needs("the timeline of a real trace in a browser", { ...recorderNeeds, chromium }),
  async fn(context): Promise<void> {
    await using place = await TimelinePlace.open();
    for (const [name, test] of Object.entries(tests)) {
      await context.step(name, () => test(place));
    }
  },
});
