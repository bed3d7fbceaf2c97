import { registerOpenApi } from "../api/openapi.ts";
import type { WebApp, WebContext } from "./context.ts";

/** Who registers pages and API; the first that fits a request answers it. */
export const routes: readonly ((app: WebApp, context: WebContext) => void)[] = [
  registerOpenApi,
];
