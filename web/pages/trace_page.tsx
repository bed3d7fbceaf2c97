/** `/traces/:key`: the timeline of a trace, its operations, and SQL. */

import { PAGE_SIZE } from "../components/trace/operations_panel.tsx";
import { type IndexView, type TraceQuery, TraceView } from "../components/trace/trace_view.tsx";
import type { WebApp, WebContext } from "../context/context.ts";
import { page } from "../base/page.ts";
import { Problem } from "../base/problem.ts";
import { traceQuery } from "../components/trace/trace_query.ts";
import type { OperationPage } from "../../traces/index/answers.ts";
import { sliceDetails } from "../../traces/index/slice_details.ts";
import { findTrace, type TraceRef } from "../base/trace_ref.ts";

/** Registers the page. */
export function registerTracePage(app: WebApp, context: WebContext): void {
  app.get("/traces/:key", async (request) => {
    const trace = findTrace(context, request.req.param("key"));
    const url = new URL(request.req.url);
    const query = traceQuery(url.searchParams);
    const index = await indexView(context, trace, query);
    return await page(
      request,
      <TraceView context={context} trace={trace} index={index} query={query} url={url} />,
    );
  });
}

/** A trace without an index has a page all the same: it can be downloaded and queried. */
async function indexView(
  { indexes }: WebContext,
  trace: TraceRef,
  { sort, descending, technique, page: asked, select }: TraceQuery,
): Promise<IndexView> {
  try {
    const found = await indexes.find(trace);
    if (found.state === "building") return found;
    const { index, operations, version } = found.open;
    const pageOf = (page: number): OperationPage =>
      operations.page({
        sort,
        descending,
        technique: technique ?? undefined,
        limit: PAGE_SIZE,
        offset: (page - 1) * PAGE_SIZE,
      });
    const listed = pageOf(asked);
    // An old link, or one that somebody wrote, may lead behind the list's end
    const page = Math.min(asked, Math.max(1, Math.ceil(listed.total / PAGE_SIZE)));
    return {
      state: "ready",
      meta: index.meta,
      version,
      found: page === asked ? listed : pageOf(page),
      page,
      selected: select !== null && select < index.columns.slices.begins.length
        ? sliceDetails(index, operations, select)
        : null,
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { state: "none", why: error.message, remedy: error.remedy };
  }
}
