/** The guide: the Markdown files of this folder, which code hosts show as they are, as pages. */

import {
  type Picture,
  type References,
  type RenderedMarkdown,
  renderMarkdown,
} from "./markdown.ts";

/** The file that is the contents: `/guide` itself. */
const CONTENTS = "README";

/** A picture as the server gives it out. */
interface Image {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** A page of the guide. */
export interface GuidePage extends RenderedMarkdown {
  /** In the order of the contents; null at its ends. */
  readonly previous: GuideLink | null;
  readonly next: GuideLink | null;
}

/** A page by its name in addresses. */
export interface GuideLink {
  readonly address: string;
  readonly title: string;
}

/** All files of the guide, held in memory: what a request names is looked up, never opened. */
export class Guide {
  readonly #texts = new Map<string, string>();
  readonly #images = new Map<string, Image>();
  readonly #rendered = new Map<string, RenderedMarkdown>();
  readonly #order: readonly string[];

  private constructor(directory: URL) {
    for (const { name, isFile } of Deno.readDirSync(directory)) {
      if (!isFile) continue;
      if (name.endsWith(".md")) {
        this.#texts.set(name.slice(0, -3), Deno.readTextFileSync(new URL(name, directory)));
      } else if (name.endsWith(".png")) {
        this.#images.set(name, imageOf(Deno.readFileSync(new URL(name, directory))));
      }
    }
    this.#order = this.#namesInOrder();
  }

  /** Reads the guide's files. */
  static read(): Guide {
    return new Guide(new URL("./", import.meta.url));
  }

  /** Names of all pages but the contents, in the order in which the contents name them. */
  get names(): readonly string[] {
    return this.#order;
  }

  /** The contents: what is to be read where. */
  contents(): GuidePage {
    return { ...this.#render(CONTENTS), previous: null, next: null };
  }

  /** A page by its name in addresses; null if there is none. */
  page(name: string): GuidePage | null {
    const at = this.#order.indexOf(name);
    if (at < 0) return null;
    return {
      ...this.#render(name),
      previous: this.#link(this.#order[at - 1]),
      next: this.#link(this.#order[at + 1]),
    };
  }

  /** A picture as a file; null if there is none of that name. */
  image(name: string): Uint8Array<ArrayBuffer> | null {
    return this.#images.get(name)?.bytes ?? null;
  }

  #link(name: string | undefined): GuideLink | null {
    if (name === undefined) return null;
    return { address: `/guide/${name}`, title: this.#render(name).title };
  }

  #namesInOrder(): string[] {
    const linked = this.#texts.get(CONTENTS)!.matchAll(/\]\(([\w-]+)\.md\b/g);
    const names = new Set([...linked].map(([, name]) => name!));
    return [...names].filter((name) => name !== CONTENTS && this.#texts.has(name));
  }

  #render(name: string): RenderedMarkdown {
    const known = this.#rendered.get(name);
    if (known !== undefined) return known;
    const rendered = renderMarkdown(this.#texts.get(name)!, this.#references);
    this.#rendered.set(name, rendered);
    return rendered;
  }

  readonly #references: References = {
    link: (href) => this.#address(href),
    picture: (href): Picture | null => {
      const image = this.#images.get(href);
      if (image === undefined) return null;
      return { address: `/guide/${href}`, width: image.width, height: image.height };
    },
  };

  /** Files outside of the guide are no pages: their names stand without a link. */
  #address(href: string): string | null {
    if (/^(?:https?:\/\/|#)/.test(href)) return href;
    const [, name, anchor = ""] = /^([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
    if (name === undefined || !this.#texts.has(name)) return null;
    return `${name === CONTENTS ? "/guide" : `/guide/${name}`}${anchor}`;
  }
}

/** Its size stands at the beginning of a PNG file (W3C PNG, 11.2.2). */
function imageOf(bytes: Uint8Array<ArrayBuffer>): Image {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { bytes, width: view.getUint32(16), height: view.getUint32(20) };
}
