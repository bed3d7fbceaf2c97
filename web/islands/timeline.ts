/// <reference lib="dom" />

/** The timeline of a trace. */

import type { TraceIndexMeta } from "../../traces/index/meta.ts";
import { awaitIndex } from "./timeline/await_index.ts";
import { needed } from "./dom/elements.ts";
import { started } from "./dom/started.ts";
import { Timeline } from "./timeline/timeline.ts";

/** What the server put into the page. */
interface PageData {
  readonly key: string;
  /** Changes with the index. */
  readonly version: string;
  /** Null while the index is being made. */
  readonly meta: TraceIndexMeta | null;
}

const { key, version, meta } = JSON.parse(needed("#trace-data").textContent!) as PageData;
if (meta === null) void awaitIndex(key, needed("#index-state"));
else {
  new Timeline(key, version, meta);
  started("timeline");
}
