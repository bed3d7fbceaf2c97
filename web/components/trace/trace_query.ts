/** What the address of a trace's page says. */

import { TABS, type TraceQuery } from "./trace_view.tsx";

/** The last page that can be asked for; what lies behind it is empty anyway. */
const LAST_PAGE = 1_000_000;

/** Reads an address; what cannot be meant counts as left out, so that an old link still works. */
export function traceQuery(query: URLSearchParams): TraceQuery {
  const sort = query.get("sort") === "time" ? "time" : "duration";
  const order = query.get("order");
  const tab = TABS.find((one) => one.tab === query.get("tab"))?.tab ?? TABS[0].tab;
  return {
    sort,
    descending: order === "asc" || order === "desc" ? order === "desc" : sort === "duration",
    technique: query.get("technique") || null,
    page: Math.min(Math.max(wholeNumber(query.get("page")) ?? 1, 1), LAST_PAGE),
    tab,
    select: wholeNumber(query.get("select")),
    q: query.get("q") ?? "",
    allRows: query.get("rows") === "all",
    sql: query.get("sql"),
  };
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,10}$/.test(text) ? Number(text) : null;
}
