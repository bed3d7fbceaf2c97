/// <reference lib="dom" />

/** The guide's pages, and the way from tables to them. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import axe from "axe-core/axe.min.js" with { type: "text" };
import { Guide } from "../../web/guide/guide.ts";
import { guideTerms } from "../../web/guide/terms.ts";
import { needs } from "../fixtures/needs.ts";
import { axeFindings, chromiumPath, type View } from "./report_browser.ts";
import { crossArchitecture, ReportPlace } from "../lab/report_place.ts";
import { openPage } from "./browser.ts";
import { WebServer } from "./server.ts";

const browser = { "chromium (deno task setup)": chromiumPath !== null };

const VIEWS: readonly View[] = [
  { width: 360, scheme: "light" },
  { width: 1280, scheme: "dark" },
];

const PATHS = ["/guide", ...Guide.read().names.map((name) => `/guide/${name}`)];

async function textOf(server: WebServer, path: string, status = 200): Promise<string> {
  const response = await server.fetch(path);
  const text = await response.text();
  assertEquals(response.status, status, `${path}: ${text.slice(0, 500)}`);
  return text;
}

/** Whether a page has an element of that name. */
function hasAnchor(html: string, hash: string): boolean {
  return html.includes(` id="${hash.slice(1)}"`);
}

Deno.test("the guide is served as pages that lead to one another", async (t) => {
  using place = new ReportPlace();
  await using server = await WebServer.open(place.store);
  const pages = new Map<string, string>();
  for (const path of PATHS) pages.set(path, await textOf(server, path));

  await t.step("every file is a page that the contents name", () => {
    const written = [...Deno.readDirSync(new URL("../../web/guide/", import.meta.url))]
      .filter(({ name }) => name.endsWith(".md") && name !== "README.md");
    assertEquals(
      Guide.read().names.toSorted(),
      written.map(({ name }) => name.slice(0, -3)).sort(),
    );
    for (const [path, html] of pages) {
      assertMatch(html, /<a href="\/guide" aria-current="page">Guide<\/a>/);
      assertMatch(html, /<h1>[^<]+<\/h1>/, path);
      assert(!html.includes("<script"), `${path} needs a script`);
      assert(!/href="[^"]*\.md\b/.test(html), `${path} leads to a file`);
    }
  });

  await t.step("every link leads to a page and a heading that are there", async () => {
    let checked = 0;
    for (const [path, html] of pages) {
      for (const [, href] of html.matchAll(/(?:href|src)="([^"]*)"/g)) {
        const { pathname, hash, origin } = new URL(href!, server.at(path));
        if (origin !== new URL(server.url).origin) continue;
        if (!pages.has(pathname)) {
          await textOf(server, pathname);
          assertEquals(hash, "", `${path}: ${href}`);
        } else if (hash !== "") {
          assert(hasAnchor(pages.get(pathname)!, hash), `${path}: ${href}`);
          checked++;
        }
      }
    }
    assert(checked > 50, `only ${checked} anchors were found`);
  });

  await t.step("what the guide has not, is not there, whatever it is called", async () => {
    const names = ["nothing", "README", "README.md", "guide.ts", "tables.md", "timeline", "a%00b"];
    for (const name of [...names, "..%2f..%2fdeno.json", "%2e%2e%2fREADME", "tables%2f..%2fweb"]) {
      const html = await textOf(server, `/guide/${name}`, 404);
      assertStringIncludes(html, "This did not work", name);
    }
  });

  await t.step("pictures are given out as what they are", async () => {
    const response = await server.fetch("/guide/timeline.png");
    assertEquals(response.headers.get("content-type"), "image/png");
    assert((await response.bytes()).length < 200 * 1024);
  });
});

Deno.test("terms of tables lead to headings of the guide", async () => {
  using place = new ReportPlace();
  for (const run of crossArchitecture()) place.put(run);
  await using server = await WebServer.open(place.store);
  for (const [term, address] of guideTerms()) {
    const { pathname, hash } = new URL(address, server.url);
    assert(hasAnchor(await textOf(server, pathname), hash), `${term}: ${address}`);
  }
  const shown = new Set<string>();
  const unknown = new Set<string>();
  const runs = crossArchitecture().map(({ id }) => `/runs/${id}`);
  for (const path of [...runs, "/", "/fallbacks"]) {
    // Lists of facts are of a class of their own
    const lists = [...(await textOf(server, path)).matchAll(/<dl>.*?<\/dl>/gs)].join("");
    for (const [, term] of lists.matchAll(/<dt>(.*?)<\/dt>/g)) {
      (/^<a href="\/guide/.test(term!) ? shown : unknown).add(term!);
    }
  }
  assertEquals([...unknown], [], "terms without a place in web/guide/terms.ts");
  assert(shown.size > 30, `only ${shown.size} terms were found`);
});

Deno.test({
  ...needs(
    "the guide is accessible and whole, in both schemes, on phones too",
    browser,
  ),
  async fn(): Promise<void> {
    using place = new ReportPlace();
    await using server = await WebServer.open(place.store);
    for (const view of VIEWS) {
      await using opened = await openPage(server.at("/guide"), view);
      const { page, complaints } = opened;
      for (const path of PATHS) {
        const said = `${path} ${JSON.stringify(view)}`;
        await page.goto(server.at(path));
        assertEquals(await axeFindings(page, axe), [], said);
        const sizes = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          const code = [...document.querySelectorAll("pre")];
          return {
            sideways: scrollWidth - clientWidth,
            broken: code.filter((one) => getComputedStyle(one).whiteSpaceCollapse !== "preserve")
              .length,
            pictures: [...document.images].filter(({ naturalWidth }) => naturalWidth === 0).length,
          };
        });
        assertEquals(sizes, { sideways: 0, broken: 0, pictures: 0 }, said);
        assertEquals(complaints, [], said);
      }
    }
  },
});

Deno.test({
  ...needs("headings are reached and followed by the keyboard", browser),
  async fn(): Promise<void> {
    using place = new ReportPlace();
    await using server = await WebServer.open(place.store);
    await using opened = await openPage(server.at("/guide/ordering"), VIEWS[1]!);
    const { page } = opened;
    const sign = (): Promise<string> =>
      page.evaluate(() => {
        const anchor = document.querySelector("#verdicts > .anchor")!;
        return getComputedStyle(anchor, "::after").opacity;
      });
    assertEquals(await sign(), "0");
    for (let steps = 0; steps < 60; steps++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => document.activeElement?.matches("#verdicts > .anchor"))) break;
    }
    assertEquals(await sign(), "1", "a heading that has the focus shows no sign of a link");
    await page.keyboard.press("Enter");
    await page.waitForURL(/ordering#verdicts$/);
  },
});
