import { assertEquals } from "@std/assert";
import { queryOf, runsParamsSchema, runsUrl } from "./runs_query.ts";

const parse = (query: Record<string, string>) => runsParamsSchema.parse(query);

Deno.test("queryOf() takes empty fields of a form for no filter", () => {
  const fields = {
    host: "",
    arch: "",
    kernel: "",
    technique: "",
    experiment: "",
    from: "",
    to: "",
  };
  assertEquals(queryOf(parse(fields)), {
    filter: {},
    sort: "started",
    ascending: false,
    limit: 50,
    offset: 0,
  });
});

Deno.test("queryOf() includes the last day, and leaves out the pages before", () => {
  const query = queryOf(parse({ from: "2026-11-20", to: "2026-11-21", page: "3", size: "20" }));
  assertEquals(query.filter, { from: Date.UTC(2026, 10, 20), before: Date.UTC(2026, 10, 22) });
  assertEquals([query.limit, query.offset], [20, 40]);
});

Deno.test("runsParamsSchema refuses days, sorts and pages that are none", () => {
  for (
    const query of [
      { from: "2026-02-30" },
      { to: "yesterday" },
      { sort: "name; DROP TABLE runs" },
      { order: "up" },
      { page: "0" },
      { page: "1e9" },
      { page: "x" },
      { size: "101" },
      { host: "x".repeat(10_001) },
    ]
  ) {
    assertEquals(runsParamsSchema.safeParse(query).success, false, JSON.stringify(query));
  }
});

Deno.test("runsUrl() holds what is not usual, and reads back the same", () => {
  assertEquals(runsUrl(parse({})), "/runs");
  const params = parse({
    host: "a&b=c#d é",
    kernel: "6.1",
    from: "2026-11-20",
    sort: "host",
    order: "asc",
    page: "2",
  });
  const url = new URL(runsUrl(params, [["base", "one"], ["base", "two"]]), "http://x");
  assertEquals(parse(Object.fromEntries(url.searchParams)), params);
  assertEquals(url.searchParams.getAll("base"), ["one", "two"]);
});
