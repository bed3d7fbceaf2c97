/** `/runs/:id`: everything of one run. */

import type { JSX } from "hono/jsx/jsx-runtime";
import { printable } from "../../lab/text/printable.ts";
import { formatSeconds } from "../../lab/text/units.ts";
import { viewOfRun } from "../../lab/experiments/host_collector.ts";
import type { HostView } from "../../lab/experiments/run/host_view.ts";
import { emulatedMeans, resultsOf } from "../../lab/experiments/run/words.ts";
import type { Run, Warning } from "../../lab/experiments/run/run_schema.ts";
import { tracesOf } from "../../lab/store/write_run.ts";
import { PageBlocks } from "../components/blocks.tsx";
import { Layout } from "../components/layout.tsx";
import { Emulated, many, moment, shown } from "../components/texts.tsx";
import { EXPORTS } from "../downloads/downloads.ts";
import { filesOf } from "../downloads/run_files.ts";
import { histogramCharts } from "../runs/histograms.ts";
import { runSections } from "../runs/run_sections.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { page } from "../base/page.ts";

/** Registers the page. */
export function registerRunPage(app: WebApp, context: WebContext): void {
  app.get("/runs/:id", async (request) => {
    const run = context.library.read(request.req.param("id"));
    return await page(request, <RunPage context={context} run={run} />);
  });
}

/** What the export formats are for, as far as their names do not say it. */
const FORMAT_NOTES: Readonly<Record<string, string>> = {
  "html": "report",
  "md": "report as Markdown",
  "csv": "all figures",
  "json": "report as data",
  "hlog": "HdrHistogram log",
  "litmus.txt": "observations as litmus7 prints them",
  "ktap": "checks for kernel CI",
  "junit.xml": "checks for CI",
};

function RunPage({ context, run }: { context: WebContext; run: Run }): JSX.Element {
  const view = viewOfRun(run);
  const blocks = new PageBlocks();
  const sections = runSections(view);
  const rendered = sections.map((section) => (
    <>
      {blocks.section(section)}
      {section.id === "cost" && <Histograms view={view} blocks={blocks} />}
    </>
  ));
  return (
    <Layout context={context} title={run.id} active="/runs" islands={["charts"]} wide>
      <h1>
        Run <span class="id">{run.id}</span>
      </h1>
      <Facts run={run} />
      <nav class="contents" aria-label="Sections">
        <ul>
          <li>
            <a href="#warnings">Warnings ({run.warnings.length})</a>
          </li>
          {sections.map(({ id, title }) => (
            <li>
              <a href={`#${id}`}>{title}</a>
            </li>
          ))}
          <li>
            <a href="#repeat">Command and downloads</a>
          </li>
        </ul>
      </nav>
      <Warnings warnings={run.warnings} />
      <Traces run={run} />
      {rendered}
      <Repeat context={context} run={run} />
      {blocks.data()}
    </Layout>
  );
}

function Facts({ run }: { run: Run }): JSX.Element {
  const { host } = run;
  const experiments = [...new Set(run.results.map(({ experiment }) => experiment))];
  return (
    <>
      <dl class="facts">
        <div>
          <dt>Host</dt>
          <dd>
            {shown(host.name)}
            {host.emulated && <Emulated />}
          </dd>
        </div>
        <div>
          <dt>Machine</dt>
          <dd>
            {host.arch}, {many(host.cpus, "CPU")}, {shown(host.hypervisor ?? "no hypervisor seen")}
          </dd>
        </div>
        <div>
          <dt>Kernel</dt>
          <dd>{shown(host.kernel)}</dd>
        </div>
        <div>
          <dt>Started (UTC)</dt>
          <dd>{moment(run.startedAt)}</dd>
        </div>
        <div>
          <dt>Took</dt>
          <dd>{formatSeconds(run.seconds)}</dd>
        </div>
        <div>
          <dt>Experiments</dt>
          <dd>{experiments.join(", ") || "none"}</dd>
        </div>
        <div>
          <dt>fencelab</dt>
          <dd>{shown(run.fencelab.version)} ({shown(run.fencelab.build)})</dd>
        </div>
      </dl>
      <p class="actions">
        <a class="button" href={`/compare?with=${run.id}`}>Compare with another run</a>
        <a class="button" href={`/runs/${run.id}/archive.tar`}>Download the run (tar)</a>
      </p>
      {host.emulated && (
        <p class="note doubtful">
          {host.translator
            ? shown(`An emulated host, ${emulatedMeans(host)}.`)
            : "An emulated host: return codes, interrupts and the order of events count, times " +
              "mean nothing."}
        </p>
      )}
      {run.warnings.some(({ invalidates }) => invalidates) && (
        <p class="note bad">A warning below says that results of this run must not be quoted.</p>
      )}
    </>
  );
}

function Warnings({ warnings }: { warnings: readonly Warning[] }): JSX.Element {
  const sorted = warnings.toSorted((left, right) =>
    Number(right.invalidates) - Number(left.invalidates)
  );
  return (
    <section id="warnings" aria-labelledby="warnings-title">
      <h2 id="warnings-title">Warnings</h2>
      {sorted.length === 0 ? <p>None.</p> : (
        <ul class="warnings">
          {sorted.map(({ code, message, remedy, invalidates }) => (
            <li class={invalidates ? "invalidates" : ""}>
              <p>
                <strong class={invalidates ? "bad" : ""}>
                  {invalidates ? `${code} invalidates results` : code}
                </strong>:{"  "}{shown(
                  message,
                  2000,
                )}
              </p>
              <p class="faint">Remedy: {shown(remedy, 2000)}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Files that the timeline opens. */
const TRACE = /\.pftrace$/;

function Traces({ run }: { run: Run }): JSX.Element | null {
  const traces = tracesOf(run).filter((name) => TRACE.test(name));
  if (traces.length === 0) return null;
  return (
    <section id="traces" aria-labelledby="traces-title">
      <h2 id="traces-title">Traces</h2>
      <ul>
        {traces.map((name) => (
          <li>
            <a href={`/traces/${run.id}~${name}`}>{name}</a>: who interrupted whom, on a timeline
          </li>
        ))}
      </ul>
    </section>
  );
}

function Histograms({ view, blocks }: { view: HostView; blocks: PageBlocks }): JSX.Element | null {
  const { emulated } = view.run.host;
  const charts = histogramCharts(resultsOf(view, "cost"), emulated);
  if (charts.length === 0) return null;
  return (
    <section id="histograms" aria-labelledby="histograms-title">
      <h3 id="histograms-title">Histograms</h3>
      <p>
        The same samples by time: 20 bins in each power of ten. A second hump is a second way for
        the operation to go.
      </p>
      {blocks.histograms(charts)}
    </section>
  );
}

function Repeat({ context, run }: { context: WebContext; run: Run }): JSX.Element {
  return (
    <section id="repeat" aria-labelledby="repeat-title">
      <h2 id="repeat-title">Command and downloads</h2>
      <p>This repeats the run in the lab's directory.</p>
      <pre tabindex={0}><code>{printable(run.command)}</code></pre>
      <div class="columns">
        <div>
          <h3>Files of the run</h3>
          <ul>
            {filesOf(context.store.dir, run).map(({ name, size }) => (
              <li>
                <a href={`/runs/${run.id}/files/${name}`}>{name}</a>{" "}
                <span class="faint">{bytes(size)}</span>
              </li>
            ))}
            <li>
              <a href={`/runs/${run.id}/archive.tar`}>all in one archive (tar)</a>
            </li>
          </ul>
        </div>
        <div>
          <h3>What it says, in other formats</h3>
          <ul>
            {EXPORTS.map((format) => (
              <li>
                <a href={`/runs/${run.id}/export/${format}`}>{format}</a>{" "}
                <span class="faint">{FORMAT_NOTES[format] ?? ""}</span>
              </li>
            ))}
          </ul>
        </div>
      </div>
    </section>
  );
}

/** "17.3 kB", "10.1 MB". */
function bytes(size: number): string {
  if (size < 1000) return `${size} bytes`;
  return size < 1e6 ? `${(size / 1e3).toFixed(1)} kB` : `${(size / 1e6).toFixed(1)} MB`;
}
