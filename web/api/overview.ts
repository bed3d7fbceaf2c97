/** `/api/overview`: what is known of each host, what changed there, and what to doubt. */

import { createRoute, z } from "@hono/zod-openapi";
import { matrixOf } from "../../lab/ladders/matrix.ts";
import { reportSchema } from "../../lab/report/report_schema.ts";
import { warningSchema } from "../../lab/format/host_schema.ts";
import { newestChanges } from "../runs/changes.ts";
import { newestHosts } from "../runs/newest_hosts.ts";
import { newestWarnings } from "../runs/newest_warnings.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { problems, rowJson, runLabelSchema, runRowSchema, toneSchema } from "./schemas.ts";

/** Newest runs of the store that are listed. */
const NEWEST_RUNS = 8;

const route = createRoute({
  method: "get",
  path: "/api/overview",
  summary: "Techniques by host from the newest runs, what changed, warnings, newest runs",
  request: { query: z.strictObject({}) },
  responses: {
    200: {
      description: "The overview",
      content: {
        "application/json": {
          schema: z.object({
            runs: z.int().describe("runs of the store"),
            hosts: z.array(z.object({
              label: z.string(),
              name: z.string(),
              arch: z.string(),
              kernel: z.string(),
              emulated: z.boolean(),
              runs: z.array(z.string()).describe("ids of the runs that it rests on, newest first"),
            })),
            leftOut: z.int().describe("hosts with older runs"),
            matrix: reportSchema.shape.matrix,
            changes: z.array(z.object({
              host: z.string(),
              emulated: z.boolean(),
              before: z.array(runLabelSchema),
              newest: runLabelSchema,
              findings: z.array(z.object({
                kind: z.enum(["verdict", "time"]),
                text: z.string(),
                tone: toneSchema,
              })).describe("what is certain, the gravest first"),
              environment: z.array(z.string()).describe("rows of the environment that differ"),
            })),
            warnings: z.array(z.looseObject({
              ...warningSchema.shape,
              places: z.array(z.object({ host: z.string(), run: z.string() })),
            })),
            newest: z.array(runRowSchema),
          }),
        },
      },
    },
    ...problems({ 400: "A parameter cannot be used", 503: "The store cannot be read" }),
  },
});

export function registerOverviewApi(app: WebApp, { library }: WebContext): void {
  app.openapi(route, async (context) => {
    const { views, leftOut } = await newestHosts(library);
    const changes = await newestChanges(library);
    const { rows, total } = library.catalog.page({ limit: NEWEST_RUNS });
    return context.json({
      runs: total,
      hosts: views.map(({ label, name, run: { host }, runs }) => ({
        label,
        name,
        arch: host.arch,
        kernel: host.kernel,
        emulated: host.emulated,
        runs: runs.map(({ id }) => id),
      })),
      leftOut,
      matrix: matrixOf(views.map(({ run }) => run))
        .map(({ technique, cells }) => ({ technique, cells: [...cells] })),
      changes: changes.map((change) => ({
        ...change,
        before: [...change.before],
        findings: [...change.findings],
        environment: [...change.environment],
      })),
      warnings: newestWarnings(views).map(({ places, ...rest }) => ({
        ...rest,
        places: [...places],
      })),
      newest: rows.map(rowJson),
    }, 200);
  });
}
