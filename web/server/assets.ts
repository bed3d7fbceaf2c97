/** Scripts and styles, held in memory and named by their content. */

import { sha256 } from "../../lab/places/digest.ts";
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import blocks from "../../lab/document/html/blocks.css" with { type: "text" };
import theme from "../../lab/document/html/theme.css" with { type: "text" };
import formsStyle from "../styles/forms.css" with { type: "text" };
import guideStyle from "../styles/guide.css" with { type: "text" };
import liveStyle from "../styles/live.css" with { type: "text" };
import pageStyle from "../styles/page.css" with { type: "text" };
import sqlStyle from "../styles/sql.css" with { type: "text" };
import tablesStyle from "../styles/tables.css" with { type: "text" };
import uploadStyle from "../styles/upload.css" with { type: "text" };
import timelineStyle from "../styles/timeline.css" with { type: "text" };

/** In this order: what is special comes after what is general. */
const STYLES = [
  uplotStyle,
  theme,
  blocks,
  pageStyle,
  tablesStyle,
  formsStyle,
  liveStyle,
  sqlStyle,
  timelineStyle,
  uploadStyle,
  guideStyle,
];

interface Asset {
  readonly text: string;
  readonly type: string;
  /** Changes with the content. */
  readonly version: string;
}

/** What the server gives out under `/assets/`. */
export class Assets {
  readonly #assets = new Map<string, Asset>();

  /**
   * Reads them all.
   *
   * @param bundles The directory of the bundled islands.
   */
  static async load(bundles: string): Promise<Assets> {
    const assets = new Assets();
    await assets.#add("page.css", "text/css", STYLES.join("\n"));
    for await (const { name } of Deno.readDir(bundles)) {
      if (!name.endsWith(".js")) continue;
      await assets.#add(name, "text/javascript", await Deno.readTextFile(`${bundles}/${name}`));
    }
    return assets;
  }

  async #add(name: string, type: string, text: string): Promise<void> {
    const version = (await sha256(text)).slice(0, 12);
    this.#assets.set(name, { text, type: `${type}; charset=utf-8`, version });
  }

  /** The address of an asset. @throws {Error} If there is none of that name. */
  url(name: string): string {
    const asset = this.#assets.get(name);
    if (asset === undefined) throw new Error(`There is no asset '${name}'`);
    return `/assets/${name}?v=${asset.version}`;
  }

  /** The answer to a request for an asset; null if there is none. */
  respond(name: string, version: string | undefined): Response | null {
    const asset = this.#assets.get(name);
    if (asset === undefined) return null;
    // With its version an address never means other content
    const caching = version === asset.version ? "public, max-age=31536000, immutable" : "no-cache";
    return new Response(asset.text, {
      headers: { "content-type": asset.type, "cache-control": caching },
    });
  }
}
