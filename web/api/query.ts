/** SQL over a trace. */

import { createRoute, z } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { SqlError } from "../../traces/trace_processor/errors.ts";
import type { Engines } from "../engine/engines.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { Problem, unlessCancelled } from "../base/problem.ts";
import { problems } from "./schemas.ts";
import { askSql, MAX_BYTES, MAX_ROWS, MAX_TEXT, type SqlAnswer } from "../sql/answer.ts";
import { answerAsCsv } from "../sql/answer_csv.ts";
import { checkReadOnly, ForbiddenSqlError } from "../sql/read_only.ts";
import { findTrace, type TraceRef } from "../base/trace_ref.ts";

/** Longest SQL, in characters. */
export const MAX_SQL = 100_000;
/** Largest body of a request, in bytes. */
export const MAX_BODY = 4 * MAX_SQL;

const answerSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.null(), z.number(), z.string()]))).openapi({
    description: "Integers beyond 2^53 are decimal texts, blobs hexadecimal ones.",
  }),
  truncated: z.object({
    rows: z.boolean().openapi({ description: `Whether there are more than ${MAX_ROWS} rows` }),
    bytes: z.boolean().openapi({ description: `Whether rows exceed ${MAX_BYTES} bytes` }),
    texts: z.int().openapi({ description: `Texts cut after ${MAX_TEXT} characters` }),
  }).nullable(),
  elapsedMs: z.number(),
});

const problemSchema = z.object({
  problem: z.string(),
  remedy: z.string(),
  position: z.object({ line: z.int(), column: z.int() }).nullable().openapi({
    description: "Where in the SQL, both from 1",
  }),
});

const queryRoute = createRoute({
  method: "post",
  path: "/api/traces/{key}/query",
  summary: "Runs SQL over a trace",
  description: "Statements that only read. Ending the request ends the query.",
  request: {
    params: z.object({ key: z.string() }),
    query: z.strictObject({ format: z.enum(["json", "csv"]).optional() }),
    body: {
      required: true,
      content: { "application/json": { schema: z.strictObject({ sql: z.string().max(MAX_SQL) }) } },
    },
  },
  middleware: [bodyLimit({ maxSize: MAX_BODY, onError: tooLong })] as const,
  responses: {
    200: {
      description: "The rows of the last statement",
      content: {
        "application/json": { schema: answerSchema },
        "text/csv": { schema: z.string() },
      },
    },
    400: {
      description: "The SQL is wrong, or does more than read",
      content: { "application/json": { schema: problemSchema } },
    },
    ...problems({
      404: "There is no such trace",
      408: "The client went away",
      413: "The SQL or the trace is too large",
      422: "The trace cannot be read, or it takes too long or too much memory",
      502: "The engine has ended",
      503: "Too many requests wait for an engine",
    }),
  },
});

const stateRoute = createRoute({
  method: "get",
  path: "/api/traces/{key}/engine",
  summary: "How far a trace processor is with a trace",
  request: { params: z.object({ key: z.string() }) },
  responses: {
    200: {
      description: "Whether the next query must wait for the trace",
      content: {
        "application/json": {
          schema: z.object({
            state: z.enum(["absent", "loading", "ready"]),
            loadedBytes: z.int(),
            totalBytes: z.int(),
          }),
        },
      },
    },
    ...problems({ 404: "There is no such trace" }),
  },
});

/** Registers the query, and how far its engine is. */
export function registerQuery(app: WebApp, context: WebContext): void {
  app.openapi(queryRoute, async (request) => {
    const trace = findTrace(context, request.req.valid("param").key);
    const { sql } = request.req.valid("json");
    try {
      const answer = await runSql(context.engines, trace, sql, request.req.raw.signal);
      if (request.req.valid("query").format !== "csv") return request.json(answer, 200);
      return csvResponse(answer);
    } catch (error) {
      if (!(error instanceof SqlError || error instanceof ForbiddenSqlError)) throw error;
      return request.json(sqlProblem(error), 400);
    }
  });
  app.openapi(stateRoute, (request) => {
    const trace = findTrace(context, request.req.valid("param").key);
    return request.json(context.engines.state(trace), 200);
  });
}

/** Refuses what is longer than {@linkcode MAX_SQL}. */
export function tooLong(): never {
  throw new Problem(413, `SQL may have ${MAX_SQL} characters`, "send less");
}

/** An answer as a file of CSV. */
export function csvResponse(answer: SqlAnswer): Response {
  return new Response(answerAsCsv(answer), {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="query.csv"',
    },
  });
}

/** What is wrong with SQL. */
export function sqlProblem(
  error: SqlError | ForbiddenSqlError,
): z.infer<typeof problemSchema> {
  const remedy = error instanceof SqlError
    ? "see PerfettoSQL's syntax and its standard library"
    : "statements may only read; the console changes nothing";
  return { problem: error.message, remedy, position: error.position };
}

/**
 * Runs SQL that only reads.
 *
 * @param signal Gives up; only until there is an answer.
 * @throws {ForbiddenSqlError} If it does more than read.
 * @throws {SqlError} If the engine refuses it.
 * @throws {Problem} If the engine cannot answer.
 */
export async function runSql(
  engines: Engines,
  trace: TraceRef,
  sql: string,
  signal: AbortSignal,
): Promise<SqlAnswer> {
  checkReadOnly(sql);
  const answered = Promise.withResolvers<SqlAnswer>();
  const leave = new AbortController();
  const abort = (): void => leave.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  // The engine stays taken, within its limit, until it has said what nobody needs any more
  engines.use(trace, async (processor) => {
    const { answer, drained } = await askSql(processor, sql);
    answered.resolve(answer);
    await drained;
  }, { signal: leave.signal }).catch(answered.reject);
  try {
    return await answered.promise;
  } catch (error) {
    throw unlessCancelled(signal, error);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
