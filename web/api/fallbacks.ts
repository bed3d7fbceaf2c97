/** `/api/fallbacks`: ladders by host, and advice by need. */

import { createRoute, z } from "@hono/zod-openapi";
import { assessLadders } from "../../lab/ladders/assess.ts";
import { reportSchema } from "../../lab/report/report_schema.ts";
import { adviceOf, hostsNamed, needSchema } from "../runs/fallbacks_asked.ts";
import { newestHosts } from "../runs/newest_hosts.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { problems } from "./schemas.ts";

const route = createRoute({
  method: "get",
  path: "/api/fallbacks",
  summary: "On which rung libraries land on each host, and what to choose for a need",
  request: {
    query: z.strictObject({
      host: z.union([z.string(), z.array(z.string())]).optional()
        .describe("labels of hosts; all when left out"),
      need: z.union([needSchema, z.array(needSchema)]).optional().describe("all when left out"),
    }),
  },
  responses: {
    200: {
      description: "Ladders and advice",
      content: {
        "application/json": {
          schema: z.object({
            hosts: z.array(z.object({
              label: z.string(),
              arch: z.string(),
              kernel: z.string(),
              emulated: z.boolean(),
              run: z.string().describe("the newest run"),
            })),
            ladders: reportSchema.shape.ladders,
            advice: reportSchema.shape.advice,
          }),
        },
      },
    },
    ...problems({ 400: "There is no such need", 404: "There is no such host" }),
  },
});

export function registerFallbacksApi(app: WebApp, { library }: WebContext): void {
  app.openapi(route, async (context) => {
    const { host = [], need = [] } = context.req.valid("query");
    const newest = await newestHosts(library);
    const views = hostsNamed(newest.views, [host].flat());
    return context.json({
      hosts: views.map(({ label, run }) => ({
        label,
        arch: run.host.arch,
        kernel: run.host.kernel,
        emulated: run.host.emulated,
        run: run.id,
      })),
      ladders: views.flatMap(({ label, run }) =>
        assessLadders(run).map((landing) => ({ host: label, ...landing }))
      ),
      advice: adviceOf(views, [need].flat()).map((advice) => ({
        ...advice,
        rungs: advice.rungs.map((rung) => ({ ...rung, costs: [...rung.costs] })),
      })),
    }, 200);
  });
}
