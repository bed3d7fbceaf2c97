/** `/runs`: the runs of the store, narrowed, sorted and in parts. */

import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { FilterValue } from "../../lab/store/run_query.ts";
import { isRunId } from "../../lab/format/run_id.ts";
import { FirstRun } from "../components/first_run.tsx";
import { Layout } from "../components/layout.tsx";
import { UploadForm } from "../components/upload_form.tsx";
import { type Chosen, chosenPairs, RunTable, SIDES } from "../components/run_table.tsx";
import { grouped, many, shown } from "../components/texts.tsx";
import {
  isNarrowed,
  queryOf,
  type RunsParams,
  runsParamsSchema,
  runsUrl,
} from "../runs/runs_query.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { page } from "../base/page.ts";
import { checkedQuery } from "../base/query.ts";

/** Runs that may be carried along; an address has to hold them. */
const MOST_CHOSEN = 40;

/** Registers the page. */
export function registerRunsPage(app: WebApp, context: WebContext): void {
  const { library } = context;
  app.get("/runs", async (request) => {
    const params = checkedQuery(runsParamsSchema, request.req.query());
    const of = (side: string): string[] =>
      [...new Set(request.req.queries(side) ?? [])].filter(isRunId).slice(0, MOST_CHOSEN);
    const chosen: Chosen = { base: of("base"), with: of("with") };
    // Many look at the same pages of a list, and they change only when the store does
    const key = `page /runs ${JSON.stringify([params, chosen])}`;
    const html = await library.remember(
      key,
      async () => String(await <RunsPage context={context} params={params} chosen={chosen} />),
    );
    return await page(request, raw(html));
  });
}

interface RunsPageProps {
  readonly context: WebContext;
  readonly params: RunsParams;
  readonly chosen: Chosen;
}

function RunsPage({ context, params, chosen }: RunsPageProps): JSX.Element {
  const { catalog } = context.library;
  const { rows, total } = catalog.page(queryOf(params));
  const all = catalog.count();
  return (
    <Layout context={context} islands={["upload", "run_choice"]} title="Runs" active="/runs" wide>
      <h1>Runs</h1>
      {all === 0 ? <FirstRun store={context.store.dir} /> : (
        <>
          <Filters context={context} params={params} chosen={chosen} />
          <p role="status">
            {isNarrowed(params)
              ? `${grouped(total)} of ${many(all, "run")} pass the filter.`
              : `${many(all, "run")}.`}
          </p>
          {rows.length === 0
            ? <Nothing params={params} total={total} />
            : <List rows={rows} total={total} params={params} chosen={chosen} />}
        </>
      )}
      <UploadForm />
    </Layout>
  );
}

function Nothing({ params, total }: { params: RunsParams; total: number }): JSX.Element {
  return total === 0
    ? (
      <p>
        Nothing passes this filter. <a href="/runs">Show all runs</a>
      </p>
    )
    : (
      <p>
        The list ends before page {params.page}.{" "}
        <a href={runsUrl({ ...params, page: 1 })}>Go to its beginning</a>
      </p>
    );
}

interface ListProps {
  readonly rows: Parameters<typeof RunTable>[0]["rows"];
  readonly total: number;
  readonly params: RunsParams;
  readonly chosen: Chosen;
}

function List({ rows, total, params, chosen }: ListProps): JSX.Element {
  const first = (params.page - 1) * params.size + 1;
  const caption = `Runs ${grouped(first)} to ${grouped(first + rows.length - 1)} of ` +
    grouped(total);
  const here = new Set(rows.map(({ id }) => id));
  return (
    <form method="get" action="/compare" id="run-choice">
      {SIDES.flatMap((side) =>
        chosen[side].filter((id) => !here.has(id)).map((id) => (
          <input type="hidden" name={side} value={id} />
        ))
      )}
      <p class="actions">
        <button type="submit">Compare</button>{" "}
        <span class="faint">the runs ticked as “right” against those ticked as “left”</span>
      </p>
      <RunTable rows={rows} caption={caption} params={params} chosen={chosen} />
      <Paging total={total} params={params} chosen={chosen} />
    </form>
  );
}

function Paging(
  { total, params, chosen }: { total: number; params: RunsParams; chosen: Chosen },
): JSX.Element {
  const last = Math.max(1, Math.ceil(total / params.size));
  const others = chosenPairs(chosen);
  const link = (page: number, text: string, rel?: string): JSX.Element =>
    page < 1 || page > last || page === params.page
      ? <span class="faint">{text}</span>
      : (
        <a href={runsUrl({ ...params, page }, others)} rel={rel} data-keeps-choice="">
          {text}
        </a>
      );
  return (
    <nav class="paging" aria-label="Pages of the list">
      <ul>
        <li>{link(1, "First")}</li>
        <li>{link(params.page - 1, "Previous", "prev")}</li>
        <li>Page {grouped(params.page)} of {grouped(last)}</li>
        <li>{link(params.page + 1, "Next", "next")}</li>
        <li>{link(last, "Last")}</li>
      </ul>
    </nav>
  );
}

function Filters({ context, params, chosen }: RunsPageProps): JSX.Element {
  const values = context.library.catalog.values();
  return (
    <form class="filters" method="get" action="/runs" role="search" aria-label="Filter of the list">
      <Choice name="host" title="Host" values={values.host} value={params.host} />
      <Choice name="arch" title="Architecture" values={values.arch} value={params.arch} />
      <label>
        Kernel begins with
        <input type="text" name="kernel" value={params.kernel ?? ""} list="kernels" size={12} />
      </label>
      <datalist id="kernels">
        {values.kernel.map(({ value }) => <option value={shown(value)} />)}
      </datalist>
      <Choice
        name="technique"
        title="Technique"
        values={values.technique}
        value={params.technique}
      />
      <Choice
        name="experiment"
        title="Experiment"
        values={values.experiment}
        value={params.experiment}
      />
      <label>
        From (UTC)
        <input type="date" name="from" value={params.from ?? ""} />
      </label>
      <label>
        To
        <input type="date" name="to" value={params.to ?? ""} />
      </label>
      {params.sort !== "started" && <input type="hidden" name="sort" value={params.sort} />}
      {params.order !== "desc" && <input type="hidden" name="order" value={params.order} />}
      {chosenPairs(chosen).map(([side, id]) => <input type="hidden" name={side} value={id} />)}
      <div class="actions">
        <button type="submit">Show</button>
        {isNarrowed(params) && (
          <a href={runsUrl({}, chosenPairs(chosen))} data-keeps-choice="">Show all</a>
        )}
      </div>
    </form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly title: string;
  readonly values: readonly FilterValue[];
  readonly value: string | undefined;
}

function Choice({ name, title, values, value }: ChoiceProps): JSX.Element {
  const known = !value || values.some((one) => one.value === value);
  return (
    <label>
      {title}
      <select name={name}>
        <option value="">any</option>
        {!known && <option value={value} selected>{`${shown(value)} (no run)`}</option>}
        {values.map((one) => (
          <option value={one.value} selected={one.value === value}>
            {`${shown(one.value)} (${grouped(one.runs)})`}
          </option>
        ))}
      </select>
    </label>
  );
}
