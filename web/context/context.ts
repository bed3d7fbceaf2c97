import type { OpenAPIHono } from "@hono/zod-openapi";
import type { RunStore } from "../../lab/store/run_store.ts";
import type { LiveHub } from "../live/live_hub.ts";
import type { RunLibrary } from "../runs/run_library.ts";
import type { Engines } from "../engine/engines.ts";
import type { PerfettoEndpoint } from "../perfetto/endpoint.ts";
import type { IndexFiles } from "../traces/index_files.ts";
import type { Assets } from "../server/assets.ts";

/** What pages and API share. */
export interface WebContext {
  readonly store: RunStore;
  /** Its runs, as pages need them. */
  readonly library: RunLibrary;
  readonly assets: Assets;
  readonly live: LiveHub;
  /** Trace processors for SQL. */
  readonly engines: Engines;
  readonly indexes: IndexFiles;
  /** Where the Perfetto UI finds traces; null: the endpoint is turned off, or its port is taken. */
  readonly perfetto: PerfettoEndpoint | null;
  /** The port that was asked for it; null: none. */
  readonly perfettoPort: number | null;
  readonly version: string;
  /** Aborted when the server ends. */
  readonly signal: AbortSignal;
}

/** The app that pages and API register at. */
export type WebApp = OpenAPIHono;
