/** The SQL console as a page of its own: the whole width with JavaScript, a form without. */

import type { Context } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import { bodyLimit } from "hono/body-limit";
import { printable } from "../../lab/text/printable.ts";
import { SqlError } from "../../traces/trace_processor/errors.ts";
import { csvResponse, MAX_BODY, MAX_SQL, runSql, sqlProblem, tooLong } from "../api/query.ts";
import { Layout } from "../components/layout.tsx";
import { SqlForm } from "../components/sql_form.tsx";
import { many, shown } from "../components/texts.tsx";
import { EXAMPLES } from "../islands/sql_console/examples.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { page } from "../base/page.ts";
import { type JsonValue, MAX_ROWS, type SqlAnswer } from "../sql/answer.ts";
import { ForbiddenSqlError } from "../sql/read_only.ts";
import { findTrace, type TraceRef } from "../base/trace_ref.ts";

/** Rows that the page without JavaScript shows; CSV has them all. */
const SHOWN_ROWS = 200;

/** Registers `/traces/KEY/sql`. */
export function registerSqlPage(app: WebApp, context: WebContext): void {
  app.get("/traces/:key/sql", async (request) => {
    const trace = findTrace(context, request.req.param("key"));
    const sql = request.req.query("sql") ?? EXAMPLES[0]!.sql;
    // With JavaScript the console shows what the address says
    return await answer(request, context, { trace, sql, island: true }, null);
  });
  app.post(
    "/traces/:key/sql",
    bodyLimit({ maxSize: MAX_BODY, onError: tooLong }),
    async (request) => {
      const trace = findTrace(context, request.req.param("key"));
      const { sql, format } = await request.req.parseBody();
      if (typeof sql !== "string" || sql.length > MAX_SQL) return tooLong();
      const asked = { trace, sql, island: false };
      try {
        const found = await runSql(context.engines, trace, sql, request.req.raw.signal);
        if (format === "csv") return csvResponse(found);
        return await answer(request, context, asked, <Result answer={found} />);
      } catch (error) {
        if (!(error instanceof SqlError || error instanceof ForbiddenSqlError)) throw error;
        const { problem, remedy } = sqlProblem(error);
        return await answer(request, context, asked, <Wrong problem={problem} remedy={remedy} />);
      }
    },
  );
}

interface Asked {
  readonly trace: TraceRef;
  readonly sql: string;
  /** Whether the console takes over from the form. */
  readonly island: boolean;
}

async function answer(
  request: Context,
  context: WebContext,
  { trace, sql, island }: Asked,
  result: JSX.Element | null,
): Promise<Response> {
  const title = `SQL: ${trace.title}`;
  return await page(
    request,
    <Layout
      context={context}
      title={title}
      active="/runs"
      islands={island ? ["sql_console"] : []}
      wide
    >
      <h1>{shown(title, 120)}</h1>
      <p>
        <a href={`/traces/${encodeURIComponent(trace.key)}?tab=sql`}>Back to the timeline</a>
      </p>
      <section id="sql" aria-label="SQL" data-key={trace.key}>
        <SqlForm traceKey={trace.key} sql={sql} />
        {result}
      </section>
    </Layout>,
  );
}

function Wrong({ problem, remedy }: { problem: string; remedy: string }): JSX.Element {
  return (
    <div role="alert">
      <p class="bad">{printable(problem)}.</p>
      <p>Remedy: {printable(remedy)}.</p>
    </div>
  );
}

function Result({ answer: { columns, rows, truncated } }: { answer: SqlAnswer }): JSX.Element {
  const cut = truncated !== null || rows.length > SHOWN_ROWS;
  return (
    <div class="scroll" role="group" aria-labelledby="sql-caption" tabindex={0}>
      <table>
        <caption id="sql-caption">
          {many(rows.length, "row")}
          {cut && `; not all is shown: download CSV for up to ${MAX_ROWS} rows, or use LIMIT`}
        </caption>
        <thead>
          <tr>{columns.map((name) => <th scope="col">{printable(name)}</th>)}</tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN_ROWS).map((row) => (
            <tr>{row.map((value) => <Cell value={value} />)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ value }: { value: JsonValue }): JSX.Element {
  if (value === null) return <td class="faint">NULL</td>;
  if (typeof value === "number") return <td class="amount">{value}</td>;
  return <td>{printable(value)}</td>;
}
