import { assertEquals } from "@std/assert";
import { traceQuery } from "./trace_query.ts";

Deno.test("traceQuery() reads an address", () => {
  const query = new URLSearchParams(
    "sort=time&order=desc&technique=munmap&page=3&tab=sql&select=12&q=ipi&sql=SELECT 1&rows=all",
  );
  assertEquals(traceQuery(query), {
    ...{ sort: "time", descending: true, technique: "munmap", page: 3, tab: "sql" },
    ...{ select: 12, q: "ipi", sql: "SELECT 1", allRows: true },
  });
});

Deno.test("traceQuery() takes what cannot be meant as left out", () => {
  const query = new URLSearchParams("sort=x&order=&technique=&page=-1&tab=evil&select=1e9");
  const { sort, descending, technique, page, tab, select } = traceQuery(query);
  assertEquals([sort, descending, technique, page, tab, select], [
    ...["duration", true, null, 1, "operations", null],
  ]);
});

Deno.test("traceQuery() sorts durations from the longest, times from the earliest", () => {
  assertEquals(traceQuery(new URLSearchParams()).descending, true);
  assertEquals(traceQuery(new URLSearchParams("sort=time")).descending, false);
});
