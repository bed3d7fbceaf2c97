/** What the list of runs is asked for, in addresses. */

import { z } from "@hono/zod-openapi";
import { RUN_SORTS, type RunFilter, type RunQuery } from "../../lab/store/run_query.ts";

const DAY_MS = 86_400_000;
/** Rows of a page. */
const SIZE = 50;
const LARGEST_SIZE = 100;
/** Nothing that a run says of itself is longer in a list. */
const LONGEST = 10_000;

/** A form sends fields that are left empty, too. */
const text = z.string().max(LONGEST).optional();

const day = z.union([z.literal(""), z.iso.date({ error: "expected a day such as 2026-11-21" })])
  .optional();

/** Parameters of the list, as they stand in its address. */
export const runsParamsSchema = z.object({
  host: text.describe("name of the host"),
  arch: text.describe("x86_64, aarch64 or ppc64le"),
  kernel: text.describe("how the kernel's release begins: 6.1 means 6.1.9, not 6.12"),
  experiment: text.describe("an experiment that has results"),
  technique: text.describe("a technique, or a flavour of RCU, that has results"),
  from: day.describe("first day, UTC"),
  to: day.describe("last day, UTC"),
  sort: z.enum(RUN_SORTS).default("started"),
  order: z.enum(["asc", "desc"]).default("desc"),
  page: z.coerce.number().int().min(1).max(1e6).default(1),
  size: z.coerce.number().int().min(1).max(LARGEST_SIZE).default(SIZE).describe("rows of a page"),
});

/** Parameters of the list. */
export type RunsParams = z.infer<typeof runsParamsSchema>;

/** Names of the parameters that narrow the list. */
export const FILTERS = [
  "host",
  "arch",
  "kernel",
  "experiment",
  "technique",
  "from",
  "to",
] as const;

/** The query that parameters mean. */
export function queryOf(params: RunsParams): RunQuery {
  const filter: RunFilter = {};
  for (const key of ["host", "arch", "kernel", "experiment", "technique"] as const) {
    const value = params[key];
    if (value) filter[key] = value;
  }
  if (params.from) filter.from = Date.parse(params.from);
  if (params.to) filter.before = Date.parse(params.to) + DAY_MS;
  const { sort, order, page, size } = params;
  return { filter, sort, ascending: order === "asc", limit: size, offset: (page - 1) * size };
}

/** Whether anything is left out. */
export function isNarrowed(params: RunsParams): boolean {
  return FILTERS.some((name) => (params[name] ?? "") !== "");
}

/**
 * The address of a list.
 *
 * @param others Further parameters, such as runs that were chosen already.
 */
export function runsUrl(
  params: Partial<RunsParams>,
  others: readonly (readonly [string, string])[] = [],
): string {
  const search = new URLSearchParams();
  for (const name of FILTERS) if (params[name]) search.set(name, params[name]);
  if (params.sort && params.sort !== "started") search.set("sort", params.sort);
  if (params.order && params.order !== "desc") search.set("order", params.order);
  if (params.size && params.size !== SIZE) search.set("size", String(params.size));
  if (params.page && params.page !== 1) search.set("page", String(params.page));
  for (const [name, value] of others) search.append(name, value);
  return search.size === 0 ? "/runs" : `/runs?${search}`;
}
