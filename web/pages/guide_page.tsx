/** `/guide`: how to use the lab and how to read what it says. */

import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import { Layout } from "../components/layout.tsx";
import { Guide, type GuideLink, type GuidePage } from "../guide/guide.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { page } from "../base/page.ts";
import { Problem } from "../base/problem.ts";

/** Registers the contents, the pages, and their pictures. */
export function registerGuidePage(app: WebApp, context: WebContext): void {
  const guide = Guide.read();
  app.get("/guide", async (request) => {
    const contents = guide.contents();
    return await page(request, <GuideLayout context={context} shown={contents} name={null} />);
  });
  app.get("/guide/:name", async (request) => {
    const name = request.req.param("name");
    const image = guide.image(name);
    if (image !== null) {
      return request.body(image, 200, { "content-type": "image/png", "cache-control": "no-cache" });
    }
    const shown = guide.page(name);
    if (shown === null) {
      throw new Problem(404, `The guide has no page '${name}'`, "begin at its contents, /guide");
    }
    return await page(request, <GuideLayout context={context} shown={shown} name={name} />);
  });
}

interface GuideProps {
  readonly context: WebContext;
  readonly shown: GuidePage;
  /** null: the contents. */
  readonly name: string | null;
}

function GuideLayout({ context, shown, name }: GuideProps): JSX.Element {
  const { title, headings, html, previous, next } = shown;
  const parts = headings.filter(({ depth }) => depth === 2);
  return (
    <Layout context={context} title={title} active="/guide">
      <div class="guide">
        {name !== null && (
          <p class="faint">
            <a href="/guide">Guide</a>
          </p>
        )}
        <h1>{title}</h1>
        {name !== null && parts.length > 1 && (
          <nav class="contents" aria-label="On this page">
            <ul>
              {parts.map(({ text, slug }) => (
                <li>
                  <a href={`#${slug}`}>{text}</a>
                </li>
              ))}
            </ul>
          </nav>
        )}
        {raw(html)}
        {name !== null && <Neighbours previous={previous} next={next} />}
      </div>
    </Layout>
  );
}

function Neighbours(
  { previous, next }: { previous: GuideLink | null; next: GuideLink | null },
): JSX.Element {
  return (
    <nav class="neighbours" aria-label="Other pages of the guide">
      {previous && <a href={previous.address} rel="prev">{`← ${previous.title}`}</a>}
      {next && <a href={next.address} rel="next">{`${next.title} →`}</a>}
    </nav>
  );
}
