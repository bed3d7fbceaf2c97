/** Lets the Perfetto UI find a trace on this machine. */

import { createRoute, z } from "@hono/zod-openapi";
import type { WebApp, WebContext } from "../context/context.ts";
import { Problem } from "../base/problem.ts";
import { problems } from "./schemas.ts";
import { findTrace } from "../base/trace_ref.ts";

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
    ...problems({
      404: "There is no such trace",
      409: "The UI is connected to another trace",
      413: "The trace is too large for the engine",
      422: "The trace cannot be read",
      502: "The engine has ended",
      503: "The endpoint is off, or no engine can be had",
    }),
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
    if (!perfetto) throw endpointOff(context);
    await perfetto.serve(trace);
    const open = perfetto.port === DEFAULT_PORT ? UI : `${UI}#!/?rpc_port=${perfetto.port}`;
    return request.json({ endpoint: perfetto.url, open }, 200);
  });
}

/** Why there is no endpoint. */
export function endpointOff({ perfettoPort }: Pick<WebContext, "perfettoPort">): Problem {
  const otherwise = "start the server again, or download the trace";
  return perfettoPort === null
    ? new Problem(
      503,
      "The endpoint for the Perfetto UI is turned off",
      `leave out --perfetto-port off and ${otherwise}`,
    )
    : new Problem(
      503,
      `The endpoint for the Perfetto UI is off: another program listens on port ${perfettoPort}`,
      `end that program, or give another --perfetto-port, and ${otherwise}`,
    );
}
