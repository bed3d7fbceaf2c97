import type { OpenAPIHono } from "@hono/zod-openapi";
import type { RunStore } from "../../lab/store/run_store.ts";
import type { Assets } from "./assets.ts";

/** What pages and API share. */
export interface WebContext {
  readonly store: RunStore;
  readonly assets: Assets;
  /** fencelab's version. */
  readonly version: string;
  /** Aborted when the server ends. */
  readonly signal: AbortSignal;
}

/** The app that pages and API register at. */
export type WebApp = OpenAPIHono;
