/** What the server says of a store that is missing, or cannot be read. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { crossArchitecture, ReportPlace } from "../lab/report_place.ts";
import { WebServer } from "./server.ts";

Deno.test("a store that is a file is refused at start, with what to do", async () => {
  using place = new ReportPlace();
  Deno.writeTextFileSync(place.file("file"), "");
  const error = await assertRejects(() => WebServer.open(place.file("file")), Error);
  assertStringIncludes(error.message, `Cannot show the runs in '${place.file("file")}'`);
  assertStringIncludes(error.message, "not a directory. Remedy: give another one with --store");
});

Deno.test("a store that does not exist is said to come, and is shown once it is there", async () => {
  using place = new ReportPlace();
  const [run] = crossArchitecture();
  place.put(run!);
  const store = place.file("later");
  const server = await WebServer.open(store);
  try {
    assertStringIncludes(await (await server.fetch("/")).text(), "There is no run yet");
    Deno.renameSync(place.store, store);
    Deno.mkdirSync(place.store);
    assertEquals((await server.fetch(`/runs/${run!.id}`)).status, 200);
  } finally {
    assertStringIncludes(await server.end(), `The store '${store}' does not exist yet`);
  }
});

Deno.test("a port that is taken is named, with what to do", async () => {
  using place = new ReportPlace();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const args = ["--port", String(port)];
  const error = await assertRejects(() => WebServer.open(place.store, { args }), Error);
  assertStringIncludes(error.message, `Cannot listen on port ${port} of '127.0.0.1'`);
  assertStringIncludes(error.message, "give another --port");
});

Deno.test("a store that cannot be read any more is a problem until it can, and no empty one", async () => {
  using place = new ReportPlace();
  for (const run of crossArchitecture()) place.put(run);
  const server = await WebServer.open(place.store);
  try {
    const statuses = async (...paths: string[]): Promise<number[]> => {
      const found: number[] = [];
      for (const path of paths) {
        const response = await server.fetch(path);
        found.push(response.status);
        await response.body?.cancel();
      }
      return found;
    };
    assertEquals(await statuses("/runs", "/api/live"), [200, 200]);
    const following = await server.fetch("/api/live/events");
    Deno.renameSync(place.store, place.file("away"));
    Deno.writeTextFileSync(place.store, "");
    // Whoever follows the runs is let go
    await new Response(following.body).text();
    const live = ["/live", "/api/live", "/api/live/events"];
    assertEquals(await statuses(...live), [503, 503, 503]);
    const said = await (await server.fetch("/api/live")).json();
    assertStringIncludes(said.problem, "not a directory");
    assertStringIncludes(said.remedy, "--store");
    while ((await statuses("/runs"))[0] === 200) await new Promise((wake) => setTimeout(wake, 200));
    assertEquals(await statuses("/", "/runs", "/api/runs"), [503, 503, 503]);
    Deno.removeSync(place.store);
    Deno.renameSync(place.file("away"), place.store);
    while ((await statuses("/runs"))[0] !== 200) await new Promise((wake) => setTimeout(wake, 200));
    assertEquals(await statuses("/", ...live.slice(0, 2)), [200, 200, 200]);
  } finally {
    const said = await server.end();
    assert(!/\n\s+at /.test(said), said);
  }
});
