/** `/`: what is known of each host, what changed there, and what to doubt. */

import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import { group } from "../../lab/document/blocks.ts";
import { matrixSection } from "../../lab/ladders/matrix_section.ts";
import { PageBlocks } from "../components/blocks.tsx";
import { FirstRun } from "../components/first_run.tsx";
import { Layout } from "../components/layout.tsx";
import { UploadForm } from "../components/upload_form.tsx";
import { RunTable } from "../components/run_table.tsx";
import { Emulated, many, moment, shown } from "../components/texts.tsx";
import { type HostChange, newestChanges } from "../runs/changes.ts";
import { type NewestHosts, newestHosts } from "../runs/newest_hosts.ts";
import { type HostWarning, newestWarnings } from "../runs/newest_warnings.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { page } from "../base/page.ts";

/** Newest runs of the store that are listed. */
const NEWEST_RUNS = 8;
/** Findings of a host; the comparison has them all. */
const MOST_FINDINGS = 8;

/** Registers the page. */
export function registerOverviewPage(app: WebApp, context: WebContext): void {
  app.get("/", async (request) => {
    const html = await context.library.remember(
      "page /",
      async () => String(await overview(context)),
    );
    return await page(request, raw(html));
  });
}

async function overview(context: WebContext): Promise<JSX.Element> {
  const { catalog } = context.library;
  const { rows, total } = catalog.page({ limit: NEWEST_RUNS });
  const hosts = await newestHosts(context.library);
  const changes = await newestChanges(context.library);
  return (
    <Layout context={context} islands={["upload"]} title="Overview" active="/" wide>
      <h1>Overview</h1>
      {total === 0 ? <FirstRun store={context.store.dir} /> : (
        <>
          <p class="summary">
            {many(total, "run")} of{" "}
            {many(catalog.countHosts(), "host")}. A host is a machine with a kernel.
          </p>
          <Changes changes={changes} />
          <Matrix hosts={hosts} />
          <Warnings warnings={newestWarnings(hosts.views)} />
          <section id="newest" aria-labelledby="newest-title">
            <h2 id="newest-title">Newest runs</h2>
            <RunTable rows={rows} caption={`The newest ${rows.length} of ${many(total, "run")}`} />
            <p>
              <a href="/runs">All runs</a>
            </p>
          </section>
        </>
      )}
      <UploadForm />
    </Layout>
  );
}

function Matrix({ hosts: { views, leftOut } }: { hosts: NewestHosts }): JSX.Element | null {
  const section = matrixSection(views);
  if (section === null) return null;
  // Who comes here every day knows what the cells mean
  const tables = section.blocks.filter(({ kind }) => kind === "table");
  const words = section.blocks.filter(({ kind }) => kind !== "table");
  const blocks = [...tables, group("What the cells mean", words, true)];
  return (
    <div class="tables-tall">
      {new PageBlocks().section({ ...section, blocks })}
      {leftOut > 0 && (
        <p class="faint">
          The {many(views.length, "host")} with the newest runs;{" "}
          {many(leftOut, "older host")}, or older kernels of these, are left out.
        </p>
      )}
    </div>
  );
}

function Changes({ changes }: { changes: readonly HostChange[] }): JSX.Element {
  const changed = changes.filter(({ findings }) => findings.length > 0);
  const same = changes.filter(({ findings }) => findings.length === 0);
  return (
    <section id="changes" aria-labelledby="changes-title">
      <h2 id="changes-title">What changed since the last runs</h2>
      {changes.length === 0 && (
        <p>No machine has two runs of one experiment yet, so there is nothing to compare.</p>
      )}
      {changed.map((change) => <Change change={change} />)}
      {same.length > 0 && (
        <p class="faint">
          Nothing that is certain, which for times takes two earlier runs:{" "}
          {same.map(({ host }) => shown(host)).join(", ")}.
        </p>
      )}
    </section>
  );
}

function Change({ change }: { change: HostChange }): JSX.Element {
  const { host, emulated, before, newest, findings, environment } = change;
  const pairs = [...before.map(({ id }) => ["base", id]), ["with", newest.id]];
  const [from, to] = [before[0]!.kernel, newest.kernel];
  return (
    <article class="change">
      <h3>
        {shown(host)}
        {emulated && <Emulated />}
      </h3>
      <p class="faint">
        Run of {moment(newest.startedAt)} against {many(before.length, "run")} before it
        {from === to ? "" : `; kernel ${shown(from)} before, ${shown(to)} now`}
        {environment.length > 0 &&
          `; ${many(environment.length, "row")} of the environment ${
            environment.length === 1 ? "differs" : "differ"
          }`}.{" "}
        <a href={`/compare?${new URLSearchParams(pairs)}`}>
          Compare<span class="hidden">the runs of {shown(host)}</span>
        </a>
      </p>
      <ul>
        {findings.slice(0, MOST_FINDINGS).map(({ text, tone }) => (
          <li class={tone}>{shown(text, 600)}</li>
        ))}
        {findings.length > MOST_FINDINGS && <li>and {findings.length - MOST_FINDINGS} more</li>}
      </ul>
    </article>
  );
}

function Warnings({ warnings }: { warnings: readonly HostWarning[] }): JSX.Element {
  return (
    <section id="warnings" aria-labelledby="warnings-title">
      <h2 id="warnings-title">Warnings of the newest runs</h2>
      {warnings.length === 0 ? <p>None.</p> : (
        <ul class="warnings">
          {warnings.map(({ code, message, remedy, invalidates, places }) => (
            <li class={invalidates ? "invalidates" : ""}>
              <p>
                <strong class={invalidates ? "bad" : ""}>
                  {invalidates ? `${code} invalidates results` : code}
                </strong>: {shown(message, 1000)}
              </p>
              <p class="faint">Remedy: {shown(remedy, 1000)}</p>
              <p class="faint">
                {places.map(({ host, run }, at) => (
                  <>
                    {at > 0 && ", "}
                    <a href={`/runs/${run}#warnings`}>{shown(host)}</a>
                  </>
                ))}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
