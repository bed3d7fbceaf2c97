/// <reference lib="dom" />

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import axe from "axe-core/axe.min.js" with { type: "text" };

import { lab } from "../fixtures/lab_process.ts";
import { needs } from "../fixtures/needs.ts";
import { axeInBothSchemes, chromiumPath, showFile, type View } from "./report_browser.ts";
import { crossArchitecture, HOSTILE, hostileRuns, ReportPlace } from "../lab/report_place.ts";

const browser = { "chromium (deno task setup)": chromiumPath !== null };

/** How the page is opened; each is looked at in the other scheme, too. */
const views: readonly View[] = [
  { width: 390, scheme: "light" },
  { width: 1280, scheme: "dark" },
];

/** Sections that a report of all experiments has. */
const SECTIONS = [
  "summary",
  "matrix",
  "advice",
  "ladders",
  "conformance",
  "cost",
  "ordering",
  "core-sync",
  "rseq",
  "rcu",
  "disturbance",
  "capture",
  "environments",
  "runs",
];

async function written(place: ReportPlace): Promise<string> {
  const out = place.file("report.html");
  const { code, stdout, stderr } = await lab(["report", "--store", place.store, "--out", out]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, "Wrote ");
  return out;
}

Deno.test({
  ...needs("lab report writes one accessible page that needs no network", browser),
  async fn(): Promise<void> {
    using place = new ReportPlace();
    const { code, stderr } = await lab([
      "run",
      "--experiment",
      "conformance",
      "--experiment",
      "cost",
      "--technique",
      "getppid",
      "--seconds",
      "0.05",
      "--out",
      place.store,
    ]);
    assertEquals(code, 0, stderr);
    for (const run of crossArchitecture()) place.put(run);
    const out = await written(place);
    assert(Deno.statSync(out).size < 2_000_000, "the page is larger than 2 MB");

    for (const view of views) {
      const said = JSON.stringify(view);
      await using shown = await showFile(out, view);
      const { page, complaints } = shown;
      await page.evaluate(() => {
        for (const one of document.querySelectorAll("details")) one.open = true;
      });
      await page.waitForFunction(() =>
        [...document.querySelectorAll(".plot")].every((plot) => plot.querySelector("canvas"))
      );
      assertEquals(await axeInBothSchemes(page, axe, view), [], said);
      assertEquals(complaints, [], said);
      const { sections, plots, wide } = await page.evaluate(() => ({
        sections: [...document.querySelectorAll("main > section")].map(({ id }) => id),
        plots: document.querySelectorAll(".plot canvas").length,
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      }));
      assertEquals(sections, SECTIONS, said);
      assert(plots >= 18, `${said}: only ${plots} charts`);
      assertEquals(wide, 0, `${said}: the page scrolls sideways`);
    }
  },
});

Deno.test({
  ...needs("lab report marks emulated hosts wherever their times stand", browser),
  async fn(): Promise<void> {
    using place = new ReportPlace();
    for (const run of crossArchitecture()) place.put(run);
    const out = await written(place);
    await using shown = await showFile(out, views[0]!);
    const { page } = shown;
    const unmarked = await page.evaluate(() => {
      const time = /\d (?:ns|µs|ms)\b/;
      return [...document.querySelectorAll("table")].filter((table) => {
        const cells = [...table.querySelectorAll("tbody td")].map((cell) => cell.textContent ?? "");
        const guest = (table.caption?.textContent ?? "").includes("qemu-");
        return guest && cells.some((text) => time.test(text)) &&
          !/emulated/i.test(table.caption?.textContent ?? "");
      }).map((table) => table.caption?.textContent);
    });
    assertEquals(unmarked, []);
    const headings = await page.locator("#matrix thead th").allTextContents();
    assertEquals(headings.slice(-3), [
      "local",
      "qemu-ppc64le (emulated)",
      "qemu-arm64 (emulated)",
    ]);
  },
});

Deno.test({
  ...needs("lab report shows hostile texts of runs as texts", browser),
  async fn(): Promise<void> {
    using place = new ReportPlace();
    for (const run of hostileRuns()) place.put(run);
    const out = await written(place);
    await using shown = await showFile(out, { width: 390, scheme: "light" });
    const { page, complaints } = shown;
    const { pwned, images, scripts, text, wide, added } = await page.evaluate(() => {
      const late = document.createElement("script");
      late.textContent = "globalThis.late = 1";
      document.body.append(late);
      const found = globalThis as unknown as { pwned?: number; late?: number };
      return {
        pwned: found.pwned,
        images: document.images.length,
        scripts: document.querySelectorAll("script").length,
        text: document.body.textContent ?? "",
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        added: found.late,
      };
    });
    // Three of the page's own, and the one that the policy refused to run
    assertEquals([pwned, images, scripts, added], [undefined, 0, 4, undefined]);
    assertEquals(wide, 0, "a long name makes the page scroll sideways");
    assertStringIncludes(text, HOSTILE[0]);
    assertStringIncludes(text, "\\u202egnp.exe");
    assert(!/[\u202e\u2066\u200b]/.test(text), "marks that reorder or hide text got through");
    assertEquals(complaints.length, 1, complaints.join("\n"));
    assertStringIncludes(complaints[0]!, "Content Security Policy");
  },
});

Deno.test({
  ...needs("one text of many alike that is hard to read is found, in either scheme", browser),
  async fn(): Promise<void> {
    using place = new ReportPlace();
    const path = place.file("texts.html");
    const cells = (style: string): string => `<td ${style}>a text to read</td>`.repeat(20);
    Deno.writeTextFileSync(
      path,
      `<!DOCTYPE html><html lang="en"><title>texts</title><style>
      body { color: #000; background: #fff; }
      @media (prefers-color-scheme: dark) { body { color: #fff; background: #222; } }
      .faint { color: #ccc; } .dim { color: #444; } .veiled { opacity: 0.4; } .grey { background: #888; }
      </style><main><h1>Texts</h1><table><tr>${cells("")}</tr></table>
      <p>A <b class="faint">faint</b>, a <b class="dim">dim</b>, a <b class="veiled">veiled</b> one.
      <b class="grey">Grey behind it</b></p></main>`,
    );
    const view = views[0]!;
    await using shown = await showFile(path, view);
    const found = await axeInBothSchemes(shown.page, axe, view);
    const classes = found.map((
      line,
    ) => [
      line.split("color-contrast")[0],
      ...[...line.matchAll(/class="(\w+)"/g)].map(([, one]) => one),
    ]);
    assertEquals(classes, [["", "faint", "veiled"], ["dark: ", "dim", "veiled", "grey"]]);
  },
});
