/** What a timeline asks: the index of a trace, its tiles, operations, slices, search. */

import { searchIndex } from "../../traces/index/search.ts";
import { sliceDetails } from "../../traces/index/slice_details.ts";
import { encodeTile } from "../../traces/index/tile.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { Problem } from "../base/problem.ts";
import { findTrace } from "../base/trace_ref.ts";
import {
  indexRoute,
  operationsRoute,
  searchRoute,
  sliceRoute,
  tileRoute,
} from "./trace_index_routes.ts";

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
