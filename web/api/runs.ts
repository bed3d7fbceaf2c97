/** `/api/runs`: the list of runs, and single ones. */

import { createRoute, z } from "@hono/zod-openapi";
import { runSchema } from "../../lab/experiments/run/run_schema.ts";
import { filesOf } from "../downloads/run_files.ts";
import { queryOf, runsParamsSchema } from "../runs/runs_query.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { problems, rowJson, runRowSchema } from "./schemas.ts";

const valuesSchema = z.array(z.object({ value: z.string(), runs: z.int() }));

const listRoute = createRoute({
  method: "get",
  path: "/api/runs",
  summary: "Runs of the store, narrowed, sorted and in parts",
  description: "Damaged runs are listed as such; they pass no filter but that of days.",
  request: { query: runsParamsSchema.strict() },
  responses: {
    200: {
      description: "A part of the list",
      content: {
        "application/json": {
          schema: z.object({
            total: z.int().describe("runs that pass the filter"),
            page: z.int(),
            size: z.int().describe("greatest number of runs in a part"),
            runs: z.array(runRowSchema),
            values: z.object({
              host: valuesSchema,
              arch: valuesSchema,
              kernel: valuesSchema,
              experiment: valuesSchema,
              technique: valuesSchema,
            }).describe("what the store can be narrowed to, with the number of runs"),
          }),
        },
      },
    },
    ...problems({ 400: "A parameter cannot be used" }),
  },
});

const runRoute = createRoute({
  method: "get",
  path: "/api/runs/{id}",
  summary: "Everything of one run",
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: {
      description: "run.json, and the files of the run",
      content: {
        "application/json": {
          schema: z.object({
            run: z.looseObject(runSchema.shape).describe("fencelab.run/1"),
            files: z.array(z.object({
              name: z.string(),
              bytes: z.int(),
              path: z.string().describe("where it is downloaded"),
            })),
          }),
        },
      },
    },
    ...problems({ 404: "There is no such run, or it cannot be read" }),
  },
});

export function registerRunsApi(app: WebApp, { library, store }: WebContext): void {
  app.openapi(listRoute, async (context) => {
    const params = context.req.valid("query");
    const answer = await library.remember(`/api/runs ${JSON.stringify(params)}`, () => {
      const { rows, total } = library.catalog.page(queryOf(params));
      const { page, size } = params;
      return { total, page, size, runs: rows.map(rowJson), values: library.catalog.values() };
    });
    return context.json(answer, 200);
  });
  app.openapi(runRoute, (context) => {
    const { id } = context.req.valid("param");
    const run = library.read(id);
    const files = filesOf(store.dir, run).map(({ name, size }) => ({
      name,
      bytes: size,
      path: `/runs/${id}/files/${name}`,
    }));
    // The type of a run leaves out that it may hold keys of other tools
    return context.json({ run, files } as never, 200);
  });
}
