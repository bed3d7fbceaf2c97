import type { z } from "@hono/zod-openapi";
import type { RunRow } from "../../lab/store/run_row.ts";
import type { runRowSchema } from "./schemas.ts";

/** A row for clients, whom the store's path does not concern. */
export function rowJson(row: RunRow): z.infer<typeof runRowSchema> {
  const { path: _path, ...rest } = row;
  return rest;
}
