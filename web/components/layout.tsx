import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { WebContext } from "../context/context.ts";
import type { IslandName } from "../base/island.ts";

/** Main pages, in the order of the navigation. */
const PAGES = [
  { path: "/", title: "Overview" },
  { path: "/runs", title: "Runs" },
  { path: "/compare", title: "Compare" },
  { path: "/fallbacks", title: "Fallbacks" },
  { path: "/live", title: "Live" },
  { path: "/guide", title: "Guide" },
] as const;

/** The path of a main page. */
export type PagePath = typeof PAGES[number]["path"];

/** Frame of every page. */
export interface LayoutProps {
  readonly context: WebContext;
  /** Of the page; the product's name is added. */
  readonly title: string;
  /** The main page that this one belongs to. */
  readonly active?: PagePath;
  /** Scripts that the page needs. */
  readonly islands?: readonly IslandName[];
  /** Uses the whole width of the window. */
  readonly wide?: boolean;
  readonly children?: Child;
}

/** An HTML document with navigation. */
export function Layout(
  { context, title, active, islands, wide, children }: LayoutProps,
): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} – fencelab`}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={context.assets.url("page.css")} />
        {(islands ?? []).map((name) => (
          <script type="module" src={context.assets.url(`${name}.js`)}></script>
        ))}
      </head>
      <body class={wide ? "wide" : ""}>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="site">
          <a class="brand" href="/">fencelab</a>
          <nav aria-label="Pages">
            <ul>
              {PAGES.map(({ path, title }) => (
                <li>
                  <a href={path} aria-current={path === active ? "page" : undefined}>{title}</a>
                </li>
              ))}
            </ul>
          </nav>
        </header>
        <main id="main">
          {children}
        </main>
      </body>
    </html>
  );
}
