/** `/api/live`: runs in progress, once or as they go on. */

import { createRoute, z } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import { LiveList } from "../components/live_list.tsx";
import { type LiveView, liveViewSchema } from "../live/live_view.ts";
import type { WebApp, WebContext } from "../server/context.ts";
import { Problem } from "../server/problem.ts";

/** Each client holds a connection; more than this are no people. */
const MAX_CLIENTS = 100;

/** A comment is sent so often, so that a client that went away is noticed, ms. */
const BEAT_MS = 15_000;

const listRoute = createRoute({
  method: "get",
  path: "/api/live",
  summary: "Runs in progress, and those that ended a short while ago",
  responses: {
    200: {
      description: "The runs",
      content: { "application/json": { schema: z.object({ runs: z.array(liveViewSchema) }) } },
    },
  },
});

const eventsRoute = createRoute({
  method: "get",
  path: "/api/live/events",
  summary: "Runs in progress as server-sent events",
  description:
    "An event whenever something has changed: `runs` with what /api/live says, or `html` " +
    "with the same as the live page shows it.",
  request: { query: z.object({ as: z.enum(["runs", "html"]).default("runs") }) },
  responses: {
    200: { description: "The events", content: { "text/event-stream": { schema: z.string() } } },
  },
});

/** Registers both. */
export function registerLive(app: WebApp, { live, signal }: WebContext): void {
  app.openapi(listRoute, async (context) => context.json({ runs: [...await live.now()] }, 200));
  app.openapi(eventsRoute, (context) => {
    if (live.listeners >= MAX_CLIENTS) {
      throw new Problem(
        503,
        `${MAX_CLIENTS} clients follow the runs already`,
        "close one of them, or ask /api/live now and then",
      );
    }
    const { as } = context.req.valid("query");
    return streamSSE(context, async (stream) => {
      const ended = Promise.withResolvers<void>();
      const send = async (runs: readonly LiveView[]): Promise<void> => {
        const data = as === "html"
          ? String(await <LiveList runs={runs} />)
          : JSON.stringify({ runs });
        await stream.writeSSE({ event: as, data });
      };
      // One after another; while one is under way only the newest of the others waits
      const waiting: (readonly LiveView[])[] = [];
      let sending = false;
      const sendAll = async (): Promise<void> => {
        sending = true;
        for (let runs = waiting.pop(); runs !== undefined; runs = waiting.pop()) {
          waiting.length = 0;
          await send(runs);
        }
        sending = false;
      };
      const push = (runs: readonly LiveView[]): void => {
        waiting.push(runs);
        if (!sending) sendAll().catch(() => ended.resolve());
      };
      stream.onAbort(() => ended.resolve());
      signal.addEventListener("abort", () => ended.resolve(), { once: true });
      using _listening = await live.listen(push);
      const beat = setInterval(() => void stream.write(": \n\n").catch(ended.resolve), BEAT_MS);
      await ended.promise;
      clearInterval(beat);
    });
  });
}
