/** Lets the Perfetto UI find a trace on this machine. */

import { createRoute, z } from "@hono/zod-openapi";
import type { WebApp, WebContext } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import { findTrace } from "../traces/trace_ref.ts";

const route = createRoute({
  method: "post",
  path: "/api/traces/{key}/perfetto",
  summary: "Serves a trace to the Perfetto UI",
  description:
    "Loads it into the endpoint that the UI looks for; the answer comes once it is there.",
  request: { params: z.object({ key: z.string() }) },
  responses: {
    200: {
      description: "The UI finds it now",
      content: {
        "application/json": { schema: z.object({ endpoint: z.string(), open: z.string() }) },
      },
    },
    409: { description: "The UI is connected to another trace" },
    503: { description: "The endpoint is off" },
  },
});

/** Where the UI is; from another port than its own it must be told the endpoint's. */
const UI = "https://ui.perfetto.dev/";
const DEFAULT_PORT = 9001;

/** Registers the choice of what is served. */
export function registerPerfetto(app: WebApp, context: WebContext): void {
  app.openapi(route, async (request) => {
    const trace = findTrace(context, request.req.valid("param").key);
    const { perfetto } = context;
    if (!perfetto) {
      throw new Problem(
        503,
        "The endpoint for the Perfetto UI is off: its port is taken, or it was not wanted",
        "end the program that listens on port 9001 and start the server again, or download the trace",
      );
    }
    await perfetto.serve(trace);
    const open = perfetto.port === DEFAULT_PORT ? UI : `${UI}#!/?rpc_port=${perfetto.port}`;
    return request.json({ endpoint: perfetto.url, open }, 200);
  });
}
