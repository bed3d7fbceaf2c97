/** `/compare`: two sides of runs, what differs between them, and how sure that is. */

import type { JSX } from "hono/jsx/jsx-runtime";
import { printable } from "../../lab/text/printable.ts";
import type { Run } from "../../lab/experiments/run/run_schema.ts";
import { PageBlocks } from "../components/blocks.tsx";
import { FirstRun } from "../components/first_run.tsx";
import { Layout } from "../components/layout.tsx";
import { SIDES } from "../components/run_table.tsx";
import { Emulated, many, moment, shown } from "../components/texts.tsx";
import { runsBefore } from "../runs/changes.ts";
import { type Asked, askedRuns, comparisonOf, isEmulated } from "../runs/compare_asked.ts";
import { curvesSection } from "../runs/compare_curves.ts";
import { compareSections } from "../../lab/compare/sections.ts";
import { MOST_HOSTS } from "../runs/newest_hosts.ts";
import type { RunLibrary } from "../runs/run_library.ts";
import { runsUrl } from "../runs/runs_query.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { page } from "../base/page.ts";

/** Runs that the form proposes. */
const PROPOSED = 50;

/** Runs of a host among which earlier ones are looked for. */
const DEPTH = 20;

/** Names of the sides on the page. */
const SIDE_TITLES = { base: "Left: what is compared with", with: "Right: what is judged" } as const;

/** Registers the page. */
export function registerComparePage(app: WebApp, context: WebContext): void {
  app.get("/compare", async (request) => {
    await context.library.catalog.update();
    // The fields of the form that add a run are sent empty when nothing is typed
    const of = (side: string): string[] =>
      (request.req.queries(side) ?? []).map((id) => id.trim()).filter((id) => id !== "");
    const asked = await askedRuns(context.library, of("base"), of("with"));
    return await page(request, <ComparePage context={context} asked={asked} />);
  });
}

function ComparePage({ context, asked }: { context: WebContext; asked: Asked }): JSX.Element {
  const { library, store } = context;
  const empty = library.catalog.count() === 0;
  return (
    <Layout context={context} title="Compare" active="/compare" islands={["charts"]} wide>
      <h1>Compare</h1>
      {empty ? <FirstRun store={store.dir} /> : <Sides library={library} asked={asked} />}
      {asked.problems.map((problem) => <p class="note bad">{printable(problem)}</p>)}
      <Outcome asked={asked} />
    </Layout>
  );
}

/** What differs; nothing until both sides have runs. */
function Outcome({ asked }: { asked: Asked }): JSX.Element | null {
  const comparison = comparisonOf(asked);
  if (comparison === null) return null;
  const blocks = new PageBlocks();
  const sections = compareSections(comparison, isEmulated(asked));
  // Curves over one another are a comparison, too
  const curves = comparison.timeBarriers.length === 0
    ? curvesSection(asked.left, asked.right)
    : null;
  const all = sections.flatMap((section) =>
    section.id === "findings" && curves !== null ? [section, curves] : [section]
  );
  const rendered = all.map((section) => blocks.section(section));
  return (
    <>
      <nav class="contents" aria-label="Sections">
        <ul>
          {all.map(({ id, title }) => (
            <li>
              <a href={`#${id}`}>{title}</a>
            </li>
          ))}
        </ul>
      </nav>
      {rendered}
      {blocks.data()}
    </>
  );
}

function Sides({ library, asked }: { library: RunLibrary; asked: Asked }): JSX.Element {
  const sides = { base: asked.left, with: asked.right };
  const pairs = (swap: boolean): [string, string][] =>
    SIDES.flatMap((side) =>
      sides[side].map((run): [string, string] => [
        swap ? (side === "base" ? "with" : "base") : side,
        run.id,
      ])
    );
  const ready = asked.left.length > 0 && asked.right.length > 0;
  return (
    <form method="get" action="/compare" class="sides">
      <div class="columns">
        {SIDES.map((side) => (
          <fieldset>
            <legend>{SIDE_TITLES[side]}</legend>
            <ChosenRuns runs={sides[side]} side={side} all={pairs(false)} />
            <label>
              Add a run
              <input type="text" name={side} list="newest-runs" size={36} autocomplete="off" />
            </label>
          </fieldset>
        ))}
      </div>
      <datalist id="newest-runs">
        {library.catalog.page({ limit: PROPOSED }).rows.map((row) =>
          row.state === "ok" && (
            <option value={row.id}>{`${shown(row.host)}, ${shown(row.kernel)}`}</option>
          )
        )}
      </datalist>
      <div class="actions">
        <button type="submit">Compare</button>
        {ready && <a class="button" href={compareUrl(pairs(true))}>Swap sides</a>}
        <a href={runsUrl({}, pairs(false))}>Choose from the list of runs</a>
      </div>
      {!ready && (
        <p>
          Give each side at least one run. Several runs on a side show by how much runs alike
          differ, and make verdicts that last.
        </p>
      )}
      {pairs(false).length === 0 && <Suggestions library={library} />}
    </form>
  );
}

/** Of each host the newest run against those before it. */
function Suggestions({ library }: { library: RunLibrary }): JSX.Element | null {
  const suggested = library.catalog.hosts(MOST_HOSTS, DEPTH).flatMap(({ rows }) => {
    const newest = rows[0]!;
    const before = runsBefore(rows, newest);
    return before.length === 0 ? [] : [{ newest, before }];
  });
  if (suggested.length === 0) return null;
  return (
    <section aria-labelledby="suggestions">
      <h2 id="suggestions">The newest run of each host against those before it</h2>
      <ul>
        {suggested.map(({ newest, before }) => (
          <li>
            <a
              href={compareUrl([...before.map(({ id }) => ["base", id] as const), [
                "with",
                newest.id,
              ]])}
            >
              {shown(newest.host)}, {shown(newest.kernel)}
            </a>
            {newest.emulated && <Emulated />}
            <span class="faint">
              : {moment(newest.startedAt)} against {many(before.length, "run")}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ChosenRunsProps {
  readonly runs: readonly Run[];
  readonly side: typeof SIDES[number];
  readonly all: readonly (readonly [string, string])[];
}

function ChosenRuns({ runs, side, all }: ChosenRunsProps): JSX.Element {
  if (runs.length === 0) return <p class="faint">No run yet.</p>;
  return (
    <ul class="chosen">
      {runs.map(({ id, host, startedAt }) => (
        <li>
          <input type="hidden" name={side} value={id} />
          <a href={`/runs/${id}`}>{id}</a>
          <span class="faint">
            {" "}
            {shown(host.name)}, {shown(host.kernel)}, {moment(startedAt)}
            {" "}
          </span>
          {host.emulated && <Emulated />}{" "}
          <a
            href={compareUrl(all.filter(([name, value]) => name !== side || value !== id))}
            aria-label={`Remove ${id}`}
          >
            remove
          </a>
        </li>
      ))}
    </ul>
  );
}

function compareUrl(pairs: readonly (readonly [string, string])[]): string {
  return pairs.length === 0 ? "/compare" : `/compare?${new URLSearchParams(pairs.map((pair) => [
    ...pair,
  ]))}`;
}
