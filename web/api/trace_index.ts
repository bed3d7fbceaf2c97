/** The API of trace indexes: what it takes and what it answers. */

import { createRoute, z } from "@hono/zod-openapi";
import { traceProblems } from "./schemas.ts";
import {
  operationPageSchema,
  searchResultSchema,
  sliceDetailsSchema,
} from "../../traces/index/answers.ts";
import { traceIndexMetaSchema } from "../../traces/index/meta.ts";
import { searchIndex } from "../../traces/index/search.ts";
import { sliceDetails } from "../../traces/index/slice_details.ts";
import { encodeTile } from "../../traces/index/tile.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { Problem } from "../base/problem.ts";
import { findTrace } from "../base/trace_ref.ts";

/** Rows of a table or hits of a search in one answer. */
const MAX_ROWS = 1000;

const key = z.string();
const whole = z.string().regex(/^\d{1,10}$/);
const rows = z.coerce.number().int().min(1).max(MAX_ROWS);

/** While an index is being made. */
const building = {
  description: "The trace has no index yet; it is being made: ask again",
  content: {
    "application/json": {
      schema: z.object({ state: z.literal("building"), progress: z.number() }),
    },
  },
};

/** Of all that is asked of an index. */
function indexProblems(missing = "There is no such trace"): ReturnType<typeof traceProblems> {
  return traceProblems({
    404: missing,
    413: "The trace is too large for an index to be made",
    422: "The index is damaged, or cannot be made of the trace",
    502: "The engine that made the index has ended",
    503: "Too many requests wait for an engine that makes indexes",
  });
}

/** What a timeline must know first. */
const indexRoute = createRoute({
  method: "get",
  path: "/api/traces/{key}/index",
  summary: "What a timeline must know of a trace first",
  request: { params: z.object({ key }) },
  responses: {
    200: {
      description: "Rows, names, and levels of detail",
      content: {
        "application/json": {
          schema: traceIndexMetaSchema.extend({
            version: z.string().openapi({ description: "For `v` of tiles" }),
          }),
        },
      },
    },
    202: building,
    304: { description: "It has not changed" },
    ...indexProblems(),
  },
});

/** What it shows of a stretch of time. */
const tileRoute = createRoute({
  method: "get",
  path: "/api/traces/{key}/tiles/{level}/{number}",
  summary: "Slices or buckets of a stretch of time",
  description: "In the form that traces/index/tile.ts reads.",
  request: {
    params: z.object({ key, level: whole, number: whole }),
    query: z.strictObject({
      v: z.string().max(200).optional().openapi({
        description: "The index's version; with it the answer never changes",
      }),
    }),
  },
  responses: {
    200: {
      description: "A tile",
      content: { "application/octet-stream": { schema: z.string() } },
    },
    202: building,
    ...indexProblems("There is no such trace, or no such tile"),
  },
});

/** The table of operations. */
const operationsRoute = createRoute({
  method: "get",
  path: "/api/traces/{key}/operations",
  summary: "The lab's operations, in pages",
  request: {
    params: z.object({ key }),
    query: z.strictObject({
      sort: z.enum(["duration", "time"]).default("duration"),
      order: z.enum(["desc", "asc"]).default("desc"),
      technique: z.string().max(1000).optional(),
      tid: z.coerce.number().int().nonnegative().optional(),
      limit: rows.default(50),
      offset: z.coerce.number().int().nonnegative().default(0),
    }),
  },
  responses: {
    200: {
      description: "One page",
      content: {
        "application/json": {
          schema: operationPageSchema,
        },
      },
    },
    202: building,
    ...indexProblems(),
  },
});

const sliceRoute = createRoute({
  method: "get",
  path: "/api/traces/{key}/slices/{id}",
  summary: "Everything about one slice, with its arrows",
  request: { params: z.object({ key, id: whole }) },
  responses: {
    200: {
      description: "The slice",
      content: {
        "application/json": {
          schema: sliceDetailsSchema,
        },
      },
    },
    202: building,
    ...indexProblems("There is no such trace, or no such slice"),
  },
});

const searchRoute = createRoute({
  method: "get",
  path: "/api/traces/{key}/search",
  summary: "Slices by what they are called",
  request: {
    params: z.object({ key }),
    query: z.strictObject({
      q: z.string().max(1000).openapi({ description: "Part of a name, or #123 of an operation" }),
      from: z.coerce.number().nonnegative().default(0).openapi({ description: "From when, ns" }),
      direction: z.enum(["next", "previous"]).default("next"),
      limit: rows.default(20),
    }),
  },
  responses: {
    200: {
      description: "Names with the text, and the nearest slices called so",
      content: {
        "application/json": {
          schema: searchResultSchema,
        },
      },
    },
    202: building,
    ...indexProblems(),
  },
});

/** Registers what timelines ask. */
export function registerTraceIndex(app: WebApp, context: WebContext): void {
  app.openapi(indexRoute, async (request) => {
    const found = await context.indexes.find(findTrace(context, request.req.valid("param").key));
    if (found.state === "building") return request.json(found, 202);
    const { index: { meta }, version } = found.open;
    const tag = `"${version}"`;
    request.header("etag", tag);
    request.header("cache-control", "private, no-cache");
    if (request.req.header("if-none-match") === tag) return request.body(null, 304);
    return request.json({ ...meta, version }, 200);
  });
  app.openapi(tileRoute, async (request) => {
    const { key, level, number } = request.req.valid("param");
    const found = await context.indexes.find(findTrace(context, key));
    if (found.state === "building") return request.json(found, 202);
    const { index, version } = found.open;
    if (request.req.valid("query").v === version) {
      request.header("cache-control", "private, max-age=31536000, immutable");
    }
    const tile = asked(
      () => index.tile(Number(level), Number(number)),
      "a tile that its index has",
    );
    return request.body(encodeTile(tile), 200, { "content-type": "application/octet-stream" });
  });
  app.openapi(operationsRoute, async (request) => {
    const found = await context.indexes.find(findTrace(context, request.req.valid("param").key));
    if (found.state === "building") return request.json(found, 202);
    const { order, ...query } = request.req.valid("query");
    const page = found.open.operations.page({ ...query, descending: order === "desc" });
    return request.json(page, 200);
  });
  app.openapi(sliceRoute, async (request) => {
    const { key, id } = request.req.valid("param");
    const found = await context.indexes.find(findTrace(context, key));
    if (found.state === "building") return request.json(found, 202);
    const { index, operations } = found.open;
    const slice = asked(() => sliceDetails(index, operations, Number(id)), "one of the timeline");
    return request.json(slice, 200);
  });
  app.openapi(searchRoute, async (request) => {
    const found = await context.indexes.find(findTrace(context, request.req.valid("param").key));
    if (found.state === "building") return request.json(found, 202);
    const { q, from, direction, limit } = request.req.valid("query");
    const { index } = found.open;
    return request.json(searchIndex(index, { text: q, fromNs: from, direction, limit }), 200);
  });
}

/** What the index does not have is the request's fault. */
function asked<T>(answer: () => T, remedy: string): T {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Problem(404, error.message, `ask for ${remedy}`, error);
  }
}
