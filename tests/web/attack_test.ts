import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { crossArchitecture, hostileRuns, ReportPlace } from "../lab/report_place.ts";
import { WebServer } from "./server.ts";

const RUN = "20261121T010000Z-local-0001";

/** What a client sends that is no browser: any path, any header, as they are. */
async function raw(server: WebServer, request: string): Promise<{ status: number; text: string }> {
  const { hostname, port, host } = new URL(server.url);
  const socket = await Deno.connect({ hostname, port: Number(port) });
  const whole = request.replaceAll("HOST", host).replaceAll("\n", "\r\n");
  await socket.write(new TextEncoder().encode(`${whole}\r\nConnection: close\r\n\r\n`));
  let text = "";
  try {
    for await (const bytes of socket.readable) text += new TextDecoder().decode(bytes);
  } catch (error) {
    // The server may hang up on nonsense
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text };
}

/** A store beside which lies what nobody may see. */
function placeWithSecret(): ReportPlace {
  const place = new ReportPlace();
  for (const run of crossArchitecture()) place.put(run);
  Deno.writeTextFileSync(place.file("secret.pftrace"), "SECRET");
  Deno.writeTextFileSync(place.file("run.json"), '{"secret":"SECRET"}');
  Deno.symlinkSync(place.file("secret.pftrace"), `${place.store}/${RUN}/capture.pftrace`);
  Deno.mkdirSync(`${place.store}/.uploads`);
  const name = `${"0".repeat(64)}.pftrace`;
  Deno.symlinkSync(place.file("secret.pftrace"), `${place.store}/.uploads/${name}`);
  return place;
}

Deno.test("no address leads out of the store", async () => {
  using place = placeWithSecret();
  await using server = await WebServer.open(place.store);
  const outs = ["../secret.pftrace", "..", ".", "../../../../../../etc/passwd", "/etc/passwd"];
  const spellings = outs.flatMap((out) => [
    out,
    encodeURIComponent(out),
    out.replaceAll("/", "%2f").replaceAll(".", "%2e"),
    out.replaceAll("/", "\\"),
    out.replaceAll("/", "%5c"),
    encodeURIComponent(encodeURIComponent(out)),
    `${out}%00`,
    `x/../${out}`,
  ]);
  const places = (out: string): string[] => [
    `/${out}`,
    `/assets/${out}`,
    `/runs/${out}`,
    `/runs/${out}/files/run.json`,
    `/runs/${RUN}/files/${out}`,
    `/runs/${RUN}/export/${out}`,
    `/traces/${RUN}~${out}`,
    `/traces/${out}~run.json`,
    `/traces/upload~${out}/file`,
    `/api/runs/${out}`,
    `/api/traces/${RUN}~${out}/index`,
    `/api/traces/..~${out}/index`,
  ];
  const links = [
    `/traces/${RUN}~capture.pftrace/file`,
    `/runs/${RUN}/files/capture.pftrace`,
    `/runs/${RUN}/archive.tar`,
    `/api/traces/${RUN}~capture.pftrace/index`,
    `/traces/upload~${"0".repeat(64)}.pftrace/file`,
  ];
  for (const path of [...spellings.flatMap(places), ...links]) {
    const { status, text } = await raw(server, `GET ${path} HTTP/1.1\nHost: HOST`);
    assert(!text.includes("SECRET") && !text.includes("root:x:"), `${path} gave it away`);
    assert([200, 301, 302, 308, 400, 404].includes(status), `${path}: ${text.slice(0, 300)}`);
    assert(status !== 200 || !text.includes("octet-stream"), `${path} is a file`);
  }
  assertEquals((await server.fetch("/runs")).status, 200);
});

Deno.test("no key of a trace leads to a file that is written elsewhere, or twice", async () => {
  using place = new ReportPlace();
  const upload = `upload~${"1".repeat(64)}.pftrace`;
  Deno.mkdirSync(`${place.store}/.uploads`, { recursive: true });
  Deno.writeTextFileSync(`${place.store}/.uploads/${upload.split("~")[1]}`, "no trace");
  Deno.mkdirSync(`${place.store}/other`);
  await using server = await WebServer.open(place.store);
  const suffixes = [
    "~",
    "~x",
    "~%2F..%2F..%2Fother%2Fevil",
    "~~",
    "~..",
    "%00",
    "%0a",
    "~%0ax",
    "/",
  ];
  for (const suffix of suffixes) {
    for (const what of ["index", "operations", "slices/0", "tiles/0/0", "engine", "budget/0"]) {
      const path = `/api/traces/${upload}${suffix}/${what}`;
      const { status } = await raw(server, `GET ${path} HTTP/1.1\nHost: HOST`);
      assertEquals(status, 404, path);
    }
  }
  // A server that began to make an index would have asked for an engine by now
  const { text } = await raw(server, `GET /api/traces/${upload}/engine HTTP/1.1\nHost: HOST`);
  assertStringIncludes(text, '"absent"');
  assertEquals([...Deno.readDirSync(`${place.store}/other`)], []);
  assert(![...Deno.readDirSync(place.store)].some(({ name }) => name === ".indexes"));
});

Deno.test("requests for other hosts and from other origins are refused", async () => {
  using place = new ReportPlace();
  await using server = await WebServer.open(place.store);
  const status = async (request: string): Promise<number> => (await raw(server, request)).status;
  const { port } = new URL(server.url);
  // A name that somebody made resolve to 127.0.0.1, and what is no name
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", `127.0.0.1:1`, ""]) {
    assertEquals(await status(`GET /runs HTTP/1.1\nHost: ${host}`), 421, host);
  }
  for (const host of ["HOST", `localhost:${port}`, `[::1]:${port}`, `LocalHost:${port}`]) {
    assertEquals(await status(`GET /runs HTTP/1.1\nHost: ${host}`), 200, host);
  }
  const post = (origin: string): string =>
    `POST /api/uploads HTTP/1.1\nHost: HOST\nContent-Length: 0\nOrigin: ${origin}`;
  for (const origin of ["http://evil.example", "null", `https://127.0.0.1:1`, "file://"]) {
    assertEquals(await status(post(origin)), 403, origin);
  }
  // Its own pages may; the upload itself is empty
  assertEquals(await status(post("http://HOST")), 400);
  assertEquals(await status(post("https://HOST")), 400, "behind a proxy that speaks TLS");
  assertEquals(await status(post("http://HOST").replace(/\nOrigin.*/, "")), 400);
  const { text } = await raw(server, "GET /runs HTTP/1.1\nHost: HOST\nOrigin: http://evil.example");
  assert(!/access-control-allow/i.test(text), "another origin may read the answer");
});

Deno.test("with a token nothing is told to who does not know it", async () => {
  using place = new ReportPlace();
  const token = "0123456789abcdef-test";
  await using server = await WebServer.open(place.store, { args: ["--token", token] });
  assertStringIncludes(server.url, `?token=${token}`);
  for (
    const path of ["/", "/runs", "/api/runs", "/api/openapi.json", "/assets/page.css", "/live"]
  ) {
    for (const suffix of ["", "?token=", "?token=0123456789abcdef-tesT", "?token=x"]) {
      const { status, text } = await raw(server, `GET ${path}${suffix} HTTP/1.1\nHost: HOST`);
      assertEquals(status, 401, path + suffix);
      assert(!text.includes(token), path);
    }
  }
  const bearer = await server.fetch("/api/runs", { headers: { authorization: `Bearer ${token}` } });
  assertEquals(bearer.status, 200);
  await bearer.body?.cancel();
  const entry = await server.fetch(`/runs?arch=x86_64&token=${token}`, { redirect: "manual" });
  await entry.body?.cancel();
  assertEquals([entry.status, entry.headers.get("location")], [302, "/runs?arch=x86_64"]);
  const cookie = entry.headers.get("set-cookie")!;
  assertMatch(cookie, /HttpOnly/i);
  assertMatch(cookie, /SameSite=Strict/i);
  const known = await server.fetch("/runs", { headers: { cookie: cookie.split(";")[0]! } });
  await known.body?.cancel();
  assertEquals(known.status, 200);
  // Browsers send cookies to all ports of a host: that of another server must not take its place
  assertStringIncludes(cookie, `-${new URL(server.url).port}=`);
});

Deno.test("every answer forbids scripts of others, frames and guesses about its type", async () => {
  using place = new ReportPlace();
  await using server = await WebServer.open(place.store);
  for (const path of ["/", "/runs", "/nothing", "/api/runs", "/api/nothing", "/assets/page.css"]) {
    const { headers, body } = await server.fetch(path);
    await body?.cancel();
    const policy = headers.get("content-security-policy") ?? "";
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
      assertStringIncludes(policy, part, path);
    }
    assert(!/unsafe|\*/.test(policy), policy);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertEquals(headers.get("referrer-policy"), "same-origin");
  }
});

Deno.test("names in runs cannot become markup in any page", async () => {
  using place = new ReportPlace();
  const runs = hostileRuns();
  for (const run of runs) place.put(run);
  await using server = await WebServer.open(place.store);
  const paths = ["/", "/runs", "/fallbacks", ...runs.map(({ id }) => `/runs/${id}`)];
  const [one, other] = runs;
  paths.push(`/compare?base=${one!.id}&with=${other!.id}`);
  const evil = encodeURIComponent('"><script>globalThis.pwned = 1</script>');
  for (const key of ["host", "kernel", "technique", "experiment", "arch", "from", "sort", "page"]) {
    paths.push(`/runs?${key}=${evil}`);
  }
  paths.push(`/compare?base=${evil}&with=${evil}`, `/fallbacks?need=${evil}`, `/runs/${evil}`);
  for (const path of paths) {
    const html = await (await server.fetch(path)).text();
    // The attack's own words may stand there as text, not as tags or attributes
    assert(!/<script>globalThis/.test(html), `${path} has the script`);
    assert(!/<img src=x/.test(html), `${path} has the image`);
    assert(!/<\/script><script>/.test(html), `${path} leaves a script element`);
    // A filter's value is what it is; what people see is not
    const seen = html.replaceAll(/ value="[^"]*"/g, "");
    assert(!/[\u202e\u2066\u200b]/.test(seen), `${path} has marks that reorder or hide text`);
    assert(!/href="javascript:/i.test(html), `${path} has a link that runs`);
  }
});

Deno.test("requests that make no sense are answered, and the server lives", async () => {
  using place = new ReportPlace();
  await using server = await WebServer.open(place.store);
  const long = "x".repeat(100_000);
  const requests = [
    "GET / HTTP/1.1\nHost: HOST\nX: " + "y".repeat(60_000),
    `GET /runs?host=${long.slice(0, 50_000)} HTTP/1.1\nHost: HOST`,
    "GET /%ff%fe HTTP/1.1\nHost: HOST",
    "GET /runs/%E0%A4%A HTTP/1.1\nHost: HOST",
    "DELETE /runs/x HTTP/1.1\nHost: HOST",
    "TRACE / HTTP/1.1\nHost: HOST",
    "GET http://evil.example/ HTTP/1.1\nHost: HOST",
    "GET /api/runs?size=-1 HTTP/1.1\nHost: HOST",
    "GET /api/runs?size=1e99 HTTP/1.1\nHost: HOST",
    "GET /api/runs?page=99999999999999999999 HTTP/1.1\nHost: HOST",
    "nonsense",
    `GET ${long} HTTP/1.1\nHost: HOST`,
  ];
  for (const request of requests) {
    const { status } = await raw(server, request);
    assert(status === 0 || status < 500, `${request.slice(0, 80)}: ${status}`);
  }
  assertEquals((await server.fetch("/runs")).status, 200);
});
