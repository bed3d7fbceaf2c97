import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import { formatCpuList } from "../../../lab/text/cpu_list.ts";
import { printable } from "../../../lab/text/printable.ts";
import { formatNs } from "../../../lab/text/units.ts";
import { scriptJson } from "../../../lab/document/html/escape.ts";
import type { TraceIndexMeta } from "../../../traces/index/meta.ts";
import type { OperationPage } from "../../../traces/index/answers.ts";
import type { SliceDetails } from "../../../traces/index/answers.ts";
import type { WebContext } from "../../context/context.ts";
import type { TraceRef } from "../../base/trace_ref.ts";
import { EXAMPLES } from "../../islands/sql_console/examples.ts";
import { type IslandName, needsIsland } from "../../base/island.ts";
import { Layout } from "../layout.tsx";
import { SqlForm } from "../sql_form.tsx";
import { Emulated, grouped, shown } from "../texts.tsx";
import { type ListQuery, OperationsPanel } from "./operations_panel.tsx";
import { TimelineFrame } from "./timeline_frame.tsx";
import { factsOf } from "../../islands/timeline/slice_facts.ts";
import { shownName } from "../../islands/timeline/names.ts";

/** Tabs of the panel, in their order. */
export const TABS = [
  { tab: "operations", title: "Operations" },
  { tab: "details", title: "Details" },
  { tab: "sql", title: "SQL" },
] as const;

/** A tab of the panel. */
export type Tab = typeof TABS[number]["tab"];

/** What the page's address says. */
export interface TraceQuery extends ListQuery {
  readonly tab: Tab;
  /** Number of the selected slice. */
  readonly select: number | null;
  /** What is searched for. */
  readonly q: string;
  /** Whether threads are shown that have nothing to show. */
  readonly allRows: boolean;
  /** What the SQL console holds; null: an example. */
  readonly sql: string | null;
}

/** An index that is there, or how far it is. */
export type IndexView =
  | {
    readonly state: "ready";
    readonly meta: TraceIndexMeta;
    /** Changes with the index. */
    readonly version: string;
    readonly found: OperationPage;
    /** Which page that is: the last one where a later one was asked for. */
    readonly page: number;
    /** What is selected; null: nothing that the trace has. */
    readonly selected: SliceDetails | null;
  }
  | { readonly state: "building"; readonly progress: number }
  | { readonly state: "none"; readonly why: string; readonly remedy: string };

/** What the page shows. */
export interface TraceViewProps {
  readonly context: WebContext;
  readonly trace: TraceRef;
  readonly index: IndexView;
  readonly query: TraceQuery;
  /** The page's own address. */
  readonly url: URL;
}

/** Islands of the page that need no index. */
const OTHER_ISLANDS: readonly IslandName[] = ["sql_console", "perfetto"];

/** The page of a trace. */
export function TraceView(props: TraceViewProps): JSX.Element {
  const { context, trace, index } = props;
  const path = `/traces/${encodeURIComponent(trace.key)}`;
  const data = index.state === "ready"
    ? { key: trace.key, version: index.version, meta: index.meta }
    : { key: trace.key, version: "", meta: null };
  return (
    <Layout
      context={context}
      title={trace.title}
      active="/runs"
      islands={index.state === "none" ? OTHER_ISLANDS : ["timeline", ...OTHER_ISLANDS]}
      wide
    >
      <h1>{shown(trace.title, 120)}</h1>
      <Facts trace={trace} index={index} />
      <div class="actions">
        <a class="button" href={`${path}/file`}>Download the trace</a>
        <div id="perfetto" data-key={trace.key}>
          <p class="actions">
            <button type="button" id="perfetto-open" {...needsIsland("perfetto")}>
              Open in Perfetto
            </button>
            <button type="button" id="perfetto-serve" {...needsIsland("perfetto")}>
              Serve to the Perfetto UI
            </button>
          </p>
          <p class="state" role="status"></p>
        </div>
      </div>
      {index.state === "ready" && (
        <TimelineFrame
          search={props.query.q}
          allRows={props.query.allRows}
          emulated={trace.run?.host.emulated ?? false}
        />
      )}
      {index.state === "building" && (
        <p class="note" role="status" id="index-state">
          The timeline's index is being made; the page shows it as soon as it is there. Without
          JavaScript, load the page again.
        </p>
      )}
      {index.state === "none" && (
        <p class="note doubtful">
          There is no timeline: {printable(index.why)}. Remedy: {printable(index.remedy)}.
        </p>
      )}
      <Panel {...props} />
      {raw(`<script type="application/json" id="trace-data">${scriptJson(data)}</script>`)}
    </Layout>
  );
}

function Facts({ trace: { run }, index }: { trace: TraceRef; index: IndexView }): JSX.Element {
  const meta = index.state === "ready" ? index.meta : null;
  return (
    <>
      <dl class="facts">
        {run !== null && (
          <>
            <div>
              <dt>Run</dt>
              <dd>
                <a href={`/runs/${run.id}`}>{run.id}</a>
              </dd>
            </div>
            <div>
              <dt>Host</dt>
              <dd>
                {shown(run.host.name)}
                {run.host.emulated && (
                  <>
                    <Emulated />
                  </>
                )}
              </dd>
            </div>
          </>
        )}
        {meta !== null && (
          <>
            <Fact term="Kernel" value={meta.kernel ?? "not known"} />
            <Fact term="Architecture" value={meta.arch ?? "not known"} />
            <Fact term="CPUs" value={formatCpuList(meta.cpus)} />
            <Fact term="Length" value={formatNs(meta.durationNs)} />
            <Fact term="Kernel events" value={grouped(meta.events)} />
            <Fact term="Operations" value={grouped(meta.operations)} />
            <Fact term="Arrows" value={grouped(meta.flows)} />
          </>
        )}
      </dl>
      {meta !== null && meta.lost > 0 && (
        <p class="note doubtful">
          The kernel lost {grouped(meta.lost)} events: interrupts may be missing.
        </p>
      )}
      {run?.host.emulated && (
        <p class="note doubtful">
          An emulated host: the order of events counts, times mean nothing.
        </p>
      )}
    </>
  );
}

function Fact({ term, value }: { term: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{shown(value)}</dd>
    </div>
  );
}

function Panel({ trace, index, query, url }: TraceViewProps): JSX.Element {
  const address = (values: Readonly<Record<string, string | number | null>>): string => {
    const changed = new URLSearchParams(url.search);
    for (const [name, value] of Object.entries(values)) {
      if (value === null) changed.delete(name);
      else changed.set(name, String(value));
    }
    return `?${changed}`;
  };
  const tabs = index.state === "ready" ? TABS : TABS.filter(({ tab }) => tab === "sql");
  const chosen = tabs.some(({ tab }) => tab === query.tab) ? query.tab : tabs[0]!.tab;
  return (
    <section class="panel" aria-label="Operations, details and SQL">
      <div class="tabs" role="tablist" aria-label="What is shown below">
        {tabs.map(({ tab, title }) => (
          <a
            role="tab"
            id={`tab-${tab}`}
            data-tab={tab}
            href={address({ tab: tab === "operations" ? null : tab })}
            aria-selected={tab === chosen ? "true" : "false"}
            aria-controls={`panel-${tab}`}
            tabindex={tab === chosen ? 0 : -1}
          >
            {title}
          </a>
        ))}
      </div>
      {index.state === "ready" && (
        <>
          <TabPanel tab="operations" chosen={chosen}>
            <OperationsPanel
              query={{ ...query, page: index.page }}
              found={index.found}
              address={address}
              selected={query.select}
              emulated={trace.run?.host.emulated ?? false}
            />
          </TabPanel>
          <TabPanel tab="details" chosen={chosen}>
            {trace.run?.host.emulated && (
              <p>
                <Emulated /> Times mean nothing.
              </p>
            )}
            <div id="details-of">
              <SelectedSlice meta={index.meta} slice={index.selected} />
            </div>
            <div id="budget" aria-live="polite"></div>
          </TabPanel>
        </>
      )}
      <TabPanel tab="sql" chosen={chosen}>
        <section id="sql" aria-label="SQL" data-key={trace.key}>
          <SqlForm traceKey={trace.key} sql={query.sql ?? EXAMPLES[0]!.sql} />
        </section>
      </TabPanel>
    </section>
  );
}

function TabPanel({ tab, chosen, children }: {
  readonly tab: Tab;
  readonly chosen: Tab;
  readonly children?: unknown;
}): JSX.Element {
  return (
    <div
      role="tabpanel"
      id={`panel-${tab}`}
      aria-labelledby={`tab-${tab}`}
      hidden={tab !== chosen}
    >
      {children}
    </div>
  );
}

/** What is known of a slice, as the island shows it: links of the list lead here without scripts. */
function SelectedSlice({ meta, slice }: {
  readonly meta: TraceIndexMeta;
  /** Null: none is selected. */
  readonly slice: SliceDetails | null;
}): JSX.Element {
  if (slice === null) {
    return <p>Nothing is selected: click a slice, or an operation in the list.</p>;
  }
  return (
    <>
      <h3>{shownName(slice.name)}</h3>
      <dl class="facts">
        {factsOf(slice, shownName(meta.rows[slice.row]?.name ?? "")).map(([term, value]) => (
          <div>
            <dt>{term}</dt>
            <dd>{printable(value)}</dd>
          </div>
        ))}
      </dl>
      <noscript>
        <p class="note">Its arrows and its budget need JavaScript.</p>
      </noscript>
    </>
  );
}
