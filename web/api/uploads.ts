import { createRoute, z } from "@hono/zod-openapi";
import type { WebApp, WebContext } from "../context/context.ts";
import { problems } from "./schemas.ts";
import { Uploads } from "../uploads/take_upload.ts";

const route = createRoute({
  method: "post",
  path: "/api/uploads",
  summary: "Takes a run archive or a trace into the store",
  description: "The body is a Perfetto trace, or `tar c` or `tar cz` of one run directory.",
  request: {
    body: {
      required: true,
      content: { "application/octet-stream": { schema: z.string().meta({ format: "binary" }) } },
    },
  },
  responses: {
    201: {
      description: "It is in the store",
      content: {
        "application/json": {
          schema: z.object({
            kind: z.enum(["run", "trace"]),
            url: z.string().describe("the page that shows it"),
          }),
        },
      },
    },
    ...problems({
      400: "It is empty, damaged, cut off, or holds something else than one run",
      409: "The run is in the store already",
      413: "It is too large",
      415: "It is neither a trace nor an archive",
      503: "Other uploads are under way: try again",
      507: "There is no room for further traces",
    }),
  },
});

export function registerUploads(app: WebApp, { store }: WebContext): void {
  const uploads = new Uploads(store);
  app.openapi(route, async (context) => {
    const length = context.req.header("content-length");
    const taken = await uploads.take(context.req.raw.body, length ? Number(length) : null);
    return context.json(taken, 201);
  });
}
