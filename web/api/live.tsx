/** `/api/live`: runs in progress, once or as they go on. */

import { createRoute, z } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import { LiveList } from "../components/live_list.tsx";
import { type LiveView, liveViewSchema } from "../live/live_view.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { Problem } from "../base/problem.ts";
import { problems } from "./schemas.ts";

/** Each client holds a connection; more than this are no people. */
const MAX_CLIENTS = 100;

/** A comment is sent so often, so that a client that went away is noticed, ms. */
const BEAT_MS = 15_000;

const listRoute = createRoute({
  method: "get",
  path: "/api/live",
  summary: "Runs in progress, and those that ended a short while ago",
  request: { query: z.strictObject({}) },
  responses: {
    200: {
      description: "The runs",
      content: { "application/json": { schema: z.object({ runs: z.array(liveViewSchema) }) } },
    },
    ...problems({ 400: "A parameter cannot be used", 503: "The store cannot be read" }),
  },
});

const eventsRoute = createRoute({
  method: "get",
  path: "/api/live/events",
  summary: "Runs in progress as server-sent events",
  description:
    "An event whenever something has changed: `runs` with what /api/live says, or `html` " +
    "with the same as the live page shows it.",
  request: { query: z.strictObject({ as: z.enum(["runs", "html"]).default("runs") }) },
  responses: {
    200: { description: "The events", content: { "text/event-stream": { schema: z.string() } } },
    ...problems({
      400: "A parameter cannot be used",
      503: "The store cannot be read, or too many clients follow the runs",
    }),
  },
});

export function registerLive(app: WebApp, { live, signal }: WebContext): void {
  app.openapi(listRoute, async (context) => context.json({ runs: [...await live.now()] }, 200));
  app.openapi(eventsRoute, async (context) => {
    if (live.listeners >= MAX_CLIENTS) {
      throw new Problem(
        503,
        `${MAX_CLIENTS} clients follow the runs already`,
        "close one of them, or ask /api/live now and then",
      );
    }
    const { as } = context.req.valid("query");
    const ended = Promise.withResolvers<void>();
    // One after another; while one is under way only the newest of the others waits
    const waiting: (readonly LiveView[])[] = [];
    let send: ((runs: readonly LiveView[]) => Promise<void>) | null = null;
    let sending = false;
    const sendAll = async (): Promise<void> => {
      if (sending || send === null) return;
      sending = true;
      for (let runs = waiting.pop(); runs !== undefined; runs = waiting.pop()) {
        waiting.length = 0;
        await send(runs);
      }
      sending = false;
    };
    // Before the answer begins: a store that cannot be read is a problem, and no stream
    const listening = await live.listen({
      runs: (runs): void => {
        waiting.push(runs);
        sendAll().catch(() => ended.resolve());
      },
      failed: () => ended.resolve(),
    });
    return streamSSE(context, async (stream) => {
      using _listening = listening;
      send = async (runs): Promise<void> => {
        const data = as === "html"
          ? String(await <LiveList runs={runs} />)
          : JSON.stringify({ runs });
        await stream.writeSSE({ event: as, data });
      };
      stream.onAbort(() => ended.resolve());
      signal.addEventListener("abort", () => ended.resolve(), { once: true });
      sendAll().catch(() => ended.resolve());
      const beat = setInterval(() => void stream.write(": \n\n").catch(ended.resolve), BEAT_MS);
      await ended.promise;
      clearInterval(beat);
    });
  });
}
