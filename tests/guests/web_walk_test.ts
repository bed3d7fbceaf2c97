/// <reference lib="dom" />

import { assert, assertEquals } from "@std/assert";
import axe from "axe-core/axe.min.js" with { type: "text" };
import type { Page } from "playwright-core";
import type { Run } from "../../lab/experiments/run/run_schema.ts";
import { RunStore } from "../../lab/store/run_store.ts";
import { guestNeed } from "./place.ts";
import { lab } from "../fixtures/lab_process.ts";
import { isRoot, needs } from "../fixtures/needs.ts";
import { axeFindings, chromiumPath, type View } from "../web/report_browser.ts";
import { openPage } from "../web/browser.ts";
import { WebServer } from "../web/server.ts";

/** Where screenshots go, to be looked at; none are made where it is not set. */
const SCREENSHOTS = Deno.env.get("FENCELAB_SCREENSHOTS");

const VIEWS: readonly View[] = [
  { width: 1280, scheme: "light" },
  { width: 390, scheme: "dark" },
];

/** Real runs of three architectures, each with a trace. */
async function measure(store: string): Promise<Run[]> {
  const hosts = ["local", "qemu-arm64", "qemu-ppc64le"].flatMap((host) => ["--host", host]);
  const what = ["conformance", "cost", "capture"].flatMap((one) => ["--experiment", one]);
  const techniques = ["munmap", "membarrier-private-expedited"]
    .flatMap((technique) => ["--technique", technique]);
  const args = ["run", ...hosts, ...what, ...techniques, "--seconds", "0.1", "--out", store];
  const { code, stderr } = await lab(args);
  assertEquals(code, 0, stderr);
  const runs = new RunStore(store);
  return runs.list().map(({ id }) => runs.load(id).run);
}

/** Every page, by a name for its screenshot. */
function pagesOf(runs: readonly Run[]): Map<string, string> {
  const of = (name: string): string => runs.find(({ host }) => host.name === name)!.id;
  const pages = new Map([
    ["overview", "/"],
    ["runs", "/runs"],
    ["runs-filtered", "/runs?arch=aarch64&experiment=cost&sort=host&order=asc"],
    ["runs-none", "/runs?host=nobody"],
    ["compare-choose", "/compare"],
    ["compare", `/compare?base=${of("local")}&with=${of("qemu-arm64")}`],
    ["fallbacks", "/fallbacks"],
    ["fallbacks-need", "/fallbacks?need=core-sync"],
    ["live", "/live"],
  ]);
  for (const { id, host } of runs) {
    pages.set(`run-${host.name}`, `/runs/${id}`);
    pages.set(`trace-${host.name}`, `/traces/${id}~capture.pftrace`);
  }
  return pages;
}

async function settled(page: Page, name: string): Promise<void> {
  await page.waitForLoadState("networkidle");
  if (!name.startsWith("trace-")) return;
  await page.waitForFunction(() => performance.getEntriesByName("timeline-ready").length > 0);
}

Deno.test({
  ...needs("every page shows real runs of three architectures without a complaint", {
    "chromium (deno task setup)": chromiumPath !== null,
    ...guestNeed("qemu-arm64@6.12"),
    ...guestNeed("qemu-ppc64le@6.12"),
    "root (tracing)": isRoot,
  }),
  async fn(): Promise<void> {
    const store = await Deno.makeTempDir({ prefix: "fencelab-web-walk-" });
    try {
      const runs = await measure(store);
      assertEquals(runs.map(({ host }) => host.arch).sort(), ["aarch64", "ppc64le", "x86_64"]);
      await using server = await WebServer.open(store, { args: ["--perfetto-port", "0"] });
      for (const view of VIEWS) {
        await using opened = await openPage(server.at("/"), view);
        const { page, complaints } = opened;
        for (const [name, path] of pagesOf(runs)) {
          const said = `${name} at ${view.width} px, ${view.scheme}`;
          const response = await page.goto(server.at(path));
          assertEquals(response?.status(), 200, said);
          await settled(page, name);
          if (SCREENSHOTS) {
            const path = `${SCREENSHOTS}/${name}-${view.width}-${view.scheme}.png`;
            await page.screenshot({ path, fullPage: true });
          }
          assertEquals(await axeFindings(page, axe), [], said);
          const wide = await page.evaluate(() =>
            document.documentElement.scrollWidth - document.documentElement.clientWidth
          );
          assertEquals(wide, 0, `${said} scrolls sideways`);
          assertEquals(complaints, [], said);
          await checkLinks(page, server, said);
        }
      }
    } finally {
      await Deno.remove(store, { recursive: true });
    }
  },
});

const followed = new Set<string>();

/** Every link of the page leads somewhere. */
async function checkLinks(page: Page, server: WebServer, said: string): Promise<void> {
  const links = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement>("a[href]")].map(({ href }) => href)
  );
  assert(links.length >= 5, `${said}: only ${links.length} links`);
  for (const link of links) {
    const { origin, pathname, search } = new URL(link);
    const path = pathname + search;
    if (origin !== new URL(server.url).origin || followed.has(path)) continue;
    followed.add(path);
    const response = await server.fetch(path, { redirect: "manual" });
    await response.body?.cancel();
    assert(response.status < 400, `${said}: the link to ${path} gives ${response.status}`);
  }
}
