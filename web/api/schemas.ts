/** Schemas that several answers of the API share. */

import { z } from "@hono/zod-openapi";
import type { RunRow } from "../../lab/store/run_row.ts";

/** What is wrong with a request, and what to do about it. */
export const problemSchema = z.object({ problem: z.string(), remedy: z.string() });

/** Descriptions of the answers that name a problem. */
export function problems(
  descriptions: Readonly<Record<number, string>>,
): Record<
  number,
  { description: string; content: { "application/json": { schema: typeof problemSchema } } }
> {
  return Object.fromEntries(
    Object.entries(descriptions).map(([status, description]) => [
      status,
      { description, content: { "application/json": { schema: problemSchema } } },
    ]),
  );
}

/** {@linkcode problems}, with those of all that is asked of a trace. */
export function traceProblems(
  descriptions: Readonly<Record<number, string>> = {},
): ReturnType<typeof problems> {
  return problems({
    400: "A parameter cannot be used",
    404: "There is no such trace",
    ...descriptions,
  });
}

/** A run in a list. */
export const runRowSchema = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("ok"),
    id: z.string(),
    startedAt: z.string().describe("UTC"),
    seconds: z.number(),
    command: z.string(),
    host: z.string(),
    arch: z.string(),
    kernel: z.string(),
    emulated: z.boolean(),
    experiments: z.array(z.string()),
    techniques: z.array(z.string()),
    warnings: z.int(),
    invalidated: z.boolean().describe("a warning says that results must not be quoted"),
  }),
  z.object({
    state: z.literal("damaged"),
    id: z.string().describe("the name of its directory"),
    startedAt: z.string().describe("as far as its directory tells"),
    error: z.string().describe("what is wrong with it and what to do"),
  }),
]);

/** A run as comparisons name it. */
export const runLabelSchema = z.object({
  id: z.string(),
  host: z.string(),
  kernel: z.string(),
  startedAt: z.string(),
});

/** How much a text matters. */
export const toneSchema = z.enum(["plain", "strong", "faint", "good", "doubtful", "bad"]);

/** A row for clients, whom the store's path does not concern. */
export function rowJson(row: RunRow): z.infer<typeof runRowSchema> {
  const { path: _path, ...rest } = row;
  return rest;
}
