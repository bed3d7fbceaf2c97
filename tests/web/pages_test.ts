import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formats } from "../../lab/report/formats.ts";
import { RunStore } from "../../lab/store/run_store.ts";
import { lab } from "../fixtures/lab_process.ts";
import { makePagesPlace } from "./pages_place.ts";
import { WebServer } from "./server.ts";

const FULL = "20261121T010000Z-local-0001";
const ARM64 = "20261121T020000Z-qemu-arm64-0002";
const PPC64LE = "20261121T030000Z-qemu-ppc64le-0003";

async function textOf(server: WebServer, path: string, status = 200): Promise<string> {
  const response = await server.fetch(path);
  const text = await response.text();
  assertEquals(response.status, status, `${path}: ${text.slice(0, 500)}`);
  return text;
}

/** Ids in the first column of the list. */
function listed(html: string): string[] {
  const body = html.slice(html.indexOf("<tbody>"), html.indexOf("</tbody>"));
  return [...body.matchAll(/<th scope="row">(?:<a[^>]*>)?([^<]+)/g)].map(([, id]) => id!);
}

Deno.test("pages show what the store holds", async (t) => {
  using place = await makePagesPlace();
  await using server = await WebServer.open(place.store);
  const store = new RunStore(place.store);
  const get = (path: string, status = 200): Promise<string> => textOf(server, path, status);

  await t.step("the list has every run, damaged ones with what is wrong with them", async () => {
    const html = await get("/runs");
    assertEquals(listed(html), store.list().map(({ id }) => id));
    assertStringIncludes(html, "it is not JSON");
    assertStringIncludes(html, "fencelab.run/9");
    assertStringIncludes(html, "update fencelab");
    assert(!html.includes(`href="/runs/${place.damaged}"`), "leads to a page that cannot be shown");
  });

  await t.step("filters, sorting and parts of the list agree with the store", async () => {
    const filters = [
      { arch: "aarch64" },
      { host: "local" },
      { technique: "munmap" },
      { technique: "membarrier" },
      { experiment: "rcu" },
      { kernel: "6.12" },
      { kernel: "6.1" },
      { host: "local", experiment: "capture" },
      { host: "nobody" },
    ];
    for (const filter of filters) {
      const expected = store.list({ filter }).map(({ id }) => id);
      const html = await get(`/runs?${new URLSearchParams(filter)}`);
      assertEquals(listed(html), expected, JSON.stringify(filter));
      const api = JSON.parse(await get(`/api/runs?${new URLSearchParams(filter)}`));
      assertEquals(api.runs.map(({ id }: { id: string }) => id), expected);
      assertEquals(api.total, expected.length);
    }
    assertEquals(listed(await get("/runs?from=2026-11-21&to=2026-11-21&arch=ppc64le")), [PPC64LE]);
    assertEquals(listed(await get("/runs?to=2026-11-20")), [place.newer, place.damaged]);
    const sorted = store.list({ sort: "arch", ascending: true }).map(({ id }) => id);
    assertEquals(listed(await get("/runs?sort=arch&order=asc")), sorted);
    const parts = await Promise.all(
      [1, 2, 3].map(async (page) => listed(await get(`/runs?size=2&page=${page}`))),
    );
    assertEquals(parts.flat(), store.list().map(({ id }) => id));
    const second = await get("/runs?size=2&page=2");
    assertStringIncludes(second, "Page 2 of 3");
    assertMatch(second, /href="\/runs\?size=2&amp;page=3"[^>]*>Next/);
    assertStringIncludes(await get("/runs?page=99"), "The list ends before page 99");
  });

  await t.step("what a list cannot be asked for is a problem with a remedy", async () => {
    assertStringIncludes(await get("/runs?from=2026-02-31", 400), "expected a day");
    assertStringIncludes(await get("/runs?sort=name", 400), "Parameter &#39;sort&#39;");
    // A parameter that is misspelled would otherwise narrow nothing, and nobody would notice
    for (const path of ["/api/runs?limit=1", `/api/compare?base=x&with=y&limit=1`]) {
      assertStringIncludes(await get(path, 400), "Parameter 'limit' cannot be used: there is none");
    }
    assertStringIncludes(await get("/runs/nothing", 404), "choose one from the list of runs");
    assertStringIncludes(await get(`/runs/${place.newer}`, 404), "update fencelab");
    assertStringIncludes(await get(`/runs/${place.damaged}`, 404), "it is not JSON");
  });

  await t.step(
    "a run's page has all of its sections, warnings, command and downloads",
    async () => {
      const html = await get(`/runs/${FULL}`);
      const sections = [...html.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id);
      assertEquals(sections, [
        "warnings",
        "traces",
        "conformance",
        "cost",
        "histograms",
        "ordering",
        "core-sync",
        "rseq",
        "rcu",
        "disturbance",
        "capture",
        "matrix",
        "ladders",
        "environment",
        "repeat",
      ]);
      assertStringIncludes(html, "Rely on interrupts per operation");
      assertStringIncludes(html, "deno task lab run --plan quick");
      assertStringIncludes(html, `/traces/${FULL}~`);
      const charts = JSON.parse(/id="charts">(.*?)<\/script>/s.exec(html)![1]!);
      assert("0" in charts && "histogram0" in charts, Object.keys(charts).join(" "));
      const emulated = await get(`/runs/${ARM64}`);
      assertStringIncludes(emulated, "An emulated host");
      for (const { ending } of formats) {
        assertStringIncludes(html, `href="/runs/${FULL}/export/${ending.slice(1)}"`);
      }
    },
  );

  await t.step("exports are what `lab report` writes", async () => {
    for (const { id, ending } of formats) {
      const { stdout, code } = await lab(
        ["report", place.measured, "--store", place.store, "--format", id],
      );
      assertEquals(code, 0);
      const response = await server.fetch(`/runs/${place.measured}/export${`/${ending.slice(1)}`}`);
      const name = `${place.measured}${ending}`;
      assertEquals(
        response.headers.get("content-disposition"),
        `attachment; filename="${name}"`,
      );
      assertEquals(withoutTime(await response.text()), withoutTime(stdout), id);
    }
    await get(`/runs/${FULL}/export/exe`, 404);
  });

  await t.step("files and the archive are those of the run, and no others", async () => {
    const path = `${place.store}/${place.measured}/run.json`;
    assertEquals(await get(`/runs/${place.measured}/files/run.json`), Deno.readTextFileSync(path));
    Deno.writeTextFileSync(`${place.store}/${FULL}/secret.txt`, "secret");
    Deno.symlinkSync("/etc/passwd", `${place.store}/${FULL}/capture.pftrace`);
    for (const name of ["secret.txt", "capture.pftrace", "..%2f.index.sqlite", ".", "%2e%2e"]) {
      const response = await server.fetch(`/runs/${FULL}/files/${name}`);
      assert(response.status >= 400 || !(await response.text()).includes("root:"), name);
    }
    await get(`/runs/${FULL}/files/secret.txt`, 404);
    await get(`/runs/${FULL}/files/capture.pftrace`, 404);
    const response = await server.fetch(`/runs/${place.measured}/archive.tar`);
    const archive = new Uint8Array(await response.arrayBuffer());
    assertEquals(response.headers.get("content-length"), String(archive.length));
    Deno.writeFileSync(place.file("run.tar"), archive);
    Deno.mkdirSync(place.file("extracted"));
    const args = ["-xf", place.file("run.tar"), "-C", place.file("extracted")];
    assert((await new Deno.Command("tar", { args }).output()).success);
    const copy = new RunStore(place.file("extracted")).load(place.measured);
    assertEquals(copy.run, store.load(place.measured).run);
  });

  await t.step("a comparison tells environment first, and no ratio across emulation", async () => {
    const real = await get(`/compare?base=${FULL}&with=${place.measured}`);
    const order = ["environment", "findings", "curves", "cost", "statements"]
      .map((id) => real.indexOf(`<section id="${id}"`));
    assertEquals(order, order.toSorted((left, right) => left - right));
    assert(order.every((at) => at > 0), order.join(" "));
    assertStringIncludes(real, "ratio (95 %)");
    const mixed = await get(`/compare?base=${FULL}&with=${ARM64}`);
    assertStringIncludes(mixed, "Times are shown, not compared");
    assert(!mixed.includes("ratio (95 %)") && !mixed.includes('<section id="curves"'));
    assertStringIncludes(await get(`/compare?base=${FULL}&with=${FULL}`, 400), "on both sides");
    assertStringIncludes(await get("/compare?base=nobody&with="), "There is no run");
    const api = JSON.parse(await get(`/api/compare?base=${FULL}&base=${ARM64}&with=${PPC64LE}`));
    const { stdout } = await lab(
      ["compare", FULL, ARM64, "--against", PPC64LE, "--out", place.store, "--json"],
    );
    assertEquals(api, JSON.parse(stdout));
  });

  await t.step("fallbacks answer for hosts and needs, as `lab advise` does", async () => {
    const html = await get("/fallbacks?need=core-sync&host=qemu-arm64");
    assertStringIncludes(html, "You need that no thread runs code which was replaced");
    assert(!html.includes("You need ordering of memory accesses"));
    assertStringIncludes(html, "Where libraries land on qemu-arm64");
    assert(!html.includes("Where libraries land on qemu-ppc64le"));
    const { stdout } = await lab(["advise", ARM64, "--need", "core-sync", "--out", place.store]);
    const lines = (text: string): string => text.replaceAll(/\s+/g, " ");
    assertEquals(
      lines(await get("/fallbacks/advice.txt?need=core-sync&host=qemu-arm64")),
      lines(stdout),
    );
    const header = await get("/fallbacks/advice.h?need=portable");
    assertStringIncludes(header, "static const enum fence_technique fence_order_portable[]");
    await get("/fallbacks?need=magic", 400);
    await get("/fallbacks?host=nobody", 404);
  });

  await t.step("the overview has the matrix, warnings, changes and the newest runs", async () => {
    const html = await get("/");
    for (const host of ["qemu-arm64 (emulated)", "qemu-ppc64le (emulated)"]) {
      assertStringIncludes(html, host);
    }
    assertStringIncludes(html, '<th scope="row">munmap<br>');
    assertStringIncludes(html, "W030");
    assertStringIncludes(html, "What changed since the last runs");
    const { matrix, hosts } = JSON.parse(await get("/api/overview"));
    assertEquals(matrix[0].cells.length, hosts.length);
  });
});

/** Reports say when they were made. */
function withoutTime(text: string): string {
  return text.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "TIME");
}

Deno.test("pages of a store without runs say how to make the first", async () => {
  const store = await Deno.makeTempDir({ prefix: "fencelab-empty-" });
  try {
    await using server = await WebServer.open(`${store}/none`);
    for (const path of ["/", "/runs", "/compare", "/fallbacks"]) {
      assertStringIncludes(await textOf(server, path), "<code>deno task lab</code>", path);
    }
    assertEquals(JSON.parse(await textOf(server, "/api/runs")).total, 0);
    // The first run shows up by itself
    const { code, stderr } = await lab([
      "run",
      "--experiment",
      "conformance",
      "--out",
      `${store}/none`,
    ]);
    assertEquals(code, 0, stderr);
    // The store is looked at once a second
    await new Promise((wake) => setTimeout(wake, 1000));
    assertStringIncludes(await textOf(server, "/runs"), "Runs 1 to 1 of 1");
    assertStringIncludes(await textOf(server, "/"), "1 run of 1");
  } finally {
    await Deno.remove(store, { recursive: true });
  }
});
