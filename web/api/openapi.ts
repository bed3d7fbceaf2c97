import type { WebApp, WebContext } from "../context/context.ts";

/** Serves the description of the API at `/api/openapi.json`. */
export function registerOpenApi(app: WebApp, { version }: WebContext): void {
  app.doc31("/api/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "fencelab",
      version,
      description: "What the pages show. Times are nanoseconds unless a name says otherwise.",
    },
  });
}
