/** Markdown as parts of a page: headings with anchors, no HTML of its own. */

import { Marked, type Tokens } from "marked";
import { escapeMarkup, unescapeMarkup } from "../../lab/document/html/escape.ts";

/** A heading below the title. */
export interface Heading {
  readonly text: string;
  readonly slug: string;
  /** 2 for parts of the page, 3 for parts of those. */
  readonly depth: number;
}

/** A picture that a page may show. */
export interface Picture {
  readonly address: string;
  readonly width: number;
  readonly height: number;
}

/** Where relative references lead. */
export interface References {
  /** The address of a link; null: nowhere that the server knows, so that its text stands alone. */
  link(href: string): string | null;
  /** The picture of a name; null: there is none. */
  picture(href: string): Picture | null;
}

/** Markdown that became HTML. */
export interface RenderedMarkdown {
  /** The heading of the first level, which is left out of `html`. */
  readonly title: string;
  readonly headings: readonly Heading[];
  readonly html: string;
}

/** Renders a file. */
export function renderMarkdown(text: string, references: References): RenderedMarkdown {
  const headings: Heading[] = [];
  const slugs = new Slugs();
  let title = "";
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }): string {
        const plain = unescapeMarkup(this.parser.parseInline(tokens, this.parser.textRenderer));
        const slug = slugs.next(plain);
        if (depth === 1) {
          title = plain;
          return "";
        }
        headings.push({ text: plain, slug, depth });
        // The heading is the link to itself: one stop of the keyboard, and its name says where to
        return `<h${depth} id="${slug}"><a class="anchor" href="#${slug}">` +
          `${this.parser.parseInline(tokens)}</a></h${depth}>\n`;
      },
      html({ text }): string {
        return escapeMarkup(text);
      },
      code({ text }): string {
        return `<pre tabindex="0"><code>${escapeMarkup(text)}\n</code></pre>\n`;
      },
      link({ href, tokens }): string {
        const words = this.parser.parseInline(tokens);
        const address = references.link(href);
        return address === null ? words : `<a href="${escapeMarkup(address)}">${words}</a>`;
      },
      image({ href, text }): string {
        const picture = references.picture(href);
        if (picture === null) return escapeMarkup(text);
        const { address, width, height } = picture;
        return `<img src="${escapeMarkup(address)}" alt="${escapeMarkup(text)}" width="${width}" ` +
          `height="${height}">`;
      },
      table({ header, rows }): string {
        const inline = ({ tokens }: Tokens.TableCell): string => this.parser.parseInline(tokens);
        const head = header.map((cell) => `<th scope="col">${inline(cell)}</th>`).join("");
        const body = rows.map(([first, ...others]) => {
          const cells = others.map((cell) => `<td>${inline(cell)}</td>`).join("");
          return `<tr><th scope="row">${inline(first!)}</th>${cells}</tr>`;
        });
        const name = escapeMarkup(headings.at(-1)?.text ?? title);
        return `<div class="scroll" role="group" aria-label="Table: ${name}" tabindex="0"><table>` +
          `<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody></table></div>\n`;
      },
    },
  });
  const html = marked.parse(text, { async: false });
  return { title, headings, html };
}

/** Names of headings in links, as code hosts make them of their texts. */
export class Slugs {
  readonly #used = new Map<string, number>();

  /** The name of the next heading. */
  next(heading: string): string {
    const slug = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    const before = this.#used.get(slug);
    this.#used.set(slug, (before ?? 0) + 1);
    return before === undefined ? slug : `${slug}-${before}`;
  }
}
