/** `/fallbacks`: on which rung libraries land on each host, and what to choose for a need. */

import type { Context } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { AdviceNeed } from "../../lab/ladders/advice.ts";
import type { HostView } from "../../lab/experiments/run/host_view.ts";
import { adviceSection } from "../../lab/ladders/advice_section.ts";
import { ladderSection } from "../../lab/ladders/ladders_section.ts";
import { hostTitle } from "../../lab/experiments/run/words.ts";
import { PageBlocks } from "../components/blocks.tsx";
import { FirstRun } from "../components/first_run.tsx";
import { Layout } from "../components/layout.tsx";
import { many, shown } from "../components/texts.tsx";
import { download } from "../downloads/downloads.ts";
import {
  adviceC,
  adviceJson,
  adviceOf,
  adviceText,
  hostsNamed,
  NEEDS,
  needSchema,
} from "../runs/fallbacks_asked.ts";
import { type NewestHosts, newestHosts } from "../runs/newest_hosts.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { page } from "../base/page.ts";
import { Problem } from "../base/problem.ts";

/** Short names of the needs, for the form. */
const NEED_TITLES: Readonly<Record<AdviceNeed, string>> = {
  "ordering": "ordering of memory",
  "core-sync": "new code (core sync)",
  "rseq-restart": "restart of rseq sections",
  "across-processes": "across processes",
  "realtime": "real-time siblings",
  "portable": "portable binary",
};

/** What advice can be downloaded as: the path's end to the name of the file. */
const FILES = { "advice.txt": "txt", "advice.json": "json", "advice.h": "h" } as const;

interface AskedFallbacks {
  readonly views: readonly HostView[];
  readonly labels: readonly string[];
  readonly wanted: readonly AdviceNeed[];
}

/** Registers the page, and the downloads of its advice. */
export function registerFallbacksPage(app: WebApp, context: WebContext): void {
  app.get("/fallbacks", async (request) => {
    const newest = await newestHosts(context.library);
    const asked = askedOf(request, newest.views);
    return await page(
      request,
      <FallbacksPage context={context} newest={newest} asked={asked} />,
    );
  });
  for (const file of Object.keys(FILES) as (keyof typeof FILES)[]) {
    app.get(`/fallbacks/${file}`, async (request) => {
      const newest = await newestHosts(context.library);
      const { views, wanted } = askedOf(request, newest.views);
      const advice = adviceOf(views, wanted);
      const text = {
        txt: adviceText(advice),
        json: adviceJson(views, advice),
        h: adviceC(views, advice),
      };
      return download(file, text[FILES[file]]);
    });
  }
}

/** @throws {Problem} If a host or a need is not known. */
function askedOf({ req }: Context, views: readonly HostView[]): AskedFallbacks {
  const labels = (req.queries("host") ?? []).filter((label) => label !== "");
  const wanted = (req.queries("need") ?? []).map((need) => {
    const known = needSchema.safeParse(need);
    if (known.success) return known.data;
    throw new Problem(400, `There is no need '${need}'`, `choose one of ${NEEDS.join(", ")}`);
  });
  return { views: hostsNamed(views, labels), labels, wanted };
}

interface FallbacksProps {
  readonly context: WebContext;
  readonly newest: NewestHosts;
  readonly asked: AskedFallbacks;
}

function FallbacksPage({ context, newest, asked }: FallbacksProps): JSX.Element {
  const blocks = new PageBlocks();
  const advice = adviceSection(asked.views, adviceOf(asked.views, asked.wanted));
  const ladders = ladderSection(asked.views);
  return (
    <Layout context={context} title="Fallbacks" active="/fallbacks" wide>
      <h1>Fallbacks</h1>
      {newest.views.length === 0 ? <FirstRun store={context.store.dir} /> : (
        <>
          <AskForm newest={newest} asked={asked} />
          <Downloads asked={asked} />
          {advice && blocks.section(advice)}
          {ladders && blocks.section(ladders)}
        </>
      )}
    </Layout>
  );
}

function AskForm(
  { newest: { views, leftOut }, asked }: Omit<FallbacksProps, "context">,
): JSX.Element {
  return (
    <form class="filters" method="get" action="/fallbacks" aria-label="Hosts and needs">
      <fieldset>
        <legend>What the fence is needed for</legend>
        {NEEDS.map((need) => (
          <label class="choice">
            <input type="checkbox" name="need" value={need} checked={asked.wanted.includes(need)} />
            {NEED_TITLES[need]}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Hosts</legend>
        {views.map((view) => (
          <label class="choice">
            <input
              type="checkbox"
              name="host"
              value={view.label}
              checked={asked.labels.includes(view.label)}
            />
            {shown(hostTitle(view))}
          </label>
        ))}
      </fieldset>
      <div class="actions">
        <button type="submit">Show</button>
        {asked.labels.length + asked.wanted.length > 0 && <a href="/fallbacks">Show all</a>}
        <span class="faint">
          Nothing ticked means all.
          {leftOut > 0 && ` ${many(leftOut, "older host")} or kernels are left out.`}
        </span>
      </div>
    </form>
  );
}

function Downloads({ asked: { labels, wanted } }: { asked: AskedFallbacks }): JSX.Element {
  const search = new URLSearchParams([
    ...wanted.map((need) => ["need", need]),
    ...labels.map((label) => ["host", label]),
  ]);
  const tail = search.size === 0 ? "" : `?${search}`;
  return (
    <p class="actions">
      <span>The advice below as</span>
      <a class="button" href={`/fallbacks/advice.txt${tail}`}>text</a>
      <a class="button" href={`/fallbacks/advice.json${tail}`}>JSON</a>
      <a class="button" href={`/fallbacks/advice.h${tail}`}>C header</a>
    </p>
  );
}
