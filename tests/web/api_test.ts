import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { createApp } from "../../web/app/app.tsx";
import type { WebContext } from "../../web/context/context.ts";
import { lab } from "../fixtures/lab_process.ts";
import { crossArchitecture, ReportPlace } from "../lab/report_place.ts";
import { needs } from "../fixtures/needs.ts";
import { WebServer } from "./server.ts";

/** The part of the document that is used here. */
interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>;
}
interface Operation {
  readonly summary?: string;
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

/** What a route is asked for, and what it answers. */
interface Example {
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
}

/** `/api/runs/{id}` as hono spells it. */
function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

Deno.test("the document names every route of the API, and no other", async () => {
  // Registering looks at nothing but the store's place
  const context = { store: { dir: "/nowhere" }, version: "0" } as unknown as WebContext;
  const app = createApp(context, { hosts: null, token: null, port: 0 });
  const document = await (await app.request("/api/openapi.json")).json() as OpenApi;
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${honoPath(path)}`)
  );
  const registered = app.routes.filter(({ path, method }) =>
    path.startsWith("/api/") && path !== "/api/openapi.json" && method !== "ALL"
  ).map(({ method, path }) => `${method} ${path.replaceAll(/\{[^}]*\}/g, "")}`);
  assertEquals([...new Set(documented)].sort(), [...new Set(registered)].sort());
  assert(documented.length >= 15, `only ${documented.length} routes`);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { summary, responses }] of Object.entries(methods)) {
      assert(summary, `${method} ${path} says not what it does`);
      const refusals = Object.entries(responses).filter(([status]) => Number(status) >= 400);
      assert(refusals.length > 0, `${method} ${path} says not how it refuses`);
      for (const [status, { content }] of refusals) {
        assert(content?.["application/json"], `${method} ${path} ${status}: no schema`);
      }
      if (path.includes("{key}")) assert(responses["404"], `${method} ${path} has no 404`);
    }
  }
});

Deno.test({
  ...needs("every route answers as the document says", {
    "root (tracing)": Deno.uid() === 0,
  }),
  async fn(): Promise<void> {
    using place = new ReportPlace();
    for (const run of crossArchitecture()) place.put(run);
    const args = ["--experiment", "capture", "--technique", "munmap", "--out", place.store];
    const { code, stdout, stderr } = await lab(["run", ...args, "--json"]);
    assertEquals(code, 0, stderr);
    const { id } = JSON.parse(stdout) as { id: string };
    await using server = await WebServer.open(place.store, { args: ["--perfetto-port", "0"] });
    const document = await (await server.fetch("/api/openapi.json")).json() as OpenApi;
    const trace = `/api/traces/${id}~capture.pftrace`;
    const listed = await (await server.fetch(`${trace}/operations?limit=1`)).json();
    const slice = listed.operations[0].id as number;
    const examples: Record<string, Example> = {
      "get /api/overview": { path: "/api/overview", status: 200 },
      "get /api/runs": { path: "/api/runs?size=2&arch=x86_64", status: 200 },
      "get /api/runs/{id}": { path: `/api/runs/${id}`, status: 200 },
      "get /api/compare": {
        path: "/api/compare?base=20261121T010000Z-local-0001&with=20261121T020000Z-qemu-arm64-0002",
        status: 200,
      },
      "get /api/fallbacks": { path: "/api/fallbacks?need=ordering", status: 200 },
      "get /api/live": { path: "/api/live", status: 200 },
      "get /api/live/events": { path: "/api/live/events", status: 200 },
      "post /api/uploads": { path: "/api/uploads", body: "x", status: 415 },
      "get /api/traces/{key}/index": { path: `${trace}/index`, status: 200 },
      "get /api/traces/{key}/tiles/{level}/{number}": { path: `${trace}/tiles/1/0`, status: 200 },
      "get /api/traces/{key}/operations": { path: `${trace}/operations?limit=3`, status: 200 },
      "get /api/traces/{key}/slices/{id}": { path: `${trace}/slices/${slice}`, status: 200 },
      "get /api/traces/{key}/engine": { path: `${trace}/engine`, status: 200 },
      "get /api/traces/{key}/search": { path: `${trace}/search?q=munmap&limit=2`, status: 200 },
      "get /api/traces/{key}/budget/{slice}": { path: `${trace}/budget/${slice}`, status: 200 },
      "post /api/traces/{key}/query": {
        path: `${trace}/query`,
        body: { sql: "SELECT 1 AS one, 'x' AS text, NULL AS missing" },
        status: 200,
      },
      "post /api/traces/{key}/perfetto": { path: `${trace}/perfetto`, status: 200 },
    };
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        const example = examples[`${method} ${path}`];
        assert(example, `no example for ${method} ${path}`);
        await check(server, method, example!, responses, ajv);
      }
    }
    for (const path of ["overview", "runs", "live", "live/events", "fallbacks"]) {
      const response = await server.fetch(`/api/${path}?nonsense=1`);
      assertEquals(response.status, 400, path);
      assertStringIncludes((await response.json()).problem, "'nonsense'");
    }
  },
});

async function check(
  server: WebServer,
  method: string,
  { path, body, status }: Example,
  responses: Operation["responses"],
  ajv: Ajv2020,
): Promise<void> {
  const response = await server.fetch(path, {
    method: method.toUpperCase(),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const said = `${method} ${path}`;
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  assertEquals(
    response.status,
    status,
    `${said}: ${response.ok ? "" : await response.clone().text()}`,
  );
  if (status >= 400) {
    const problem = await response.json();
    assertEquals(Object.keys(problem).sort(), ["problem", "remedy"], said);
    assert(
      responses[String(status)],
      `${said} answers ${status}, which the document does not name`,
    );
    return;
  }
  const schema = responses[String(status)]?.content?.[type]?.schema;
  assert(schema, `${said} answers ${status} ${type}, which the document does not name`);
  if (type !== "application/json") return void await response.body?.cancel();
  const answer = await response.json();
  const validate: ValidateFunction = ajv.compile(schema!);
  assert(validate(answer), `${said}: ${ajv.errorsText(validate.errors)}`);
}
