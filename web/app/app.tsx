/** The app: what every request passes, and where pages and API are. */

import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { RunFormatError } from "../../lab/experiments/run/run_schema.ts";
import { printable } from "../../lab/text/printable.ts";
import { StoreError } from "../../lab/store/store_error.ts";
import { ProblemPage } from "../pages/problem_page.tsx";
import type { WebApp, WebContext } from "../context/context.ts";
import { page } from "../base/page.ts";
import { Problem } from "../base/problem.ts";
import { parameterProblem } from "../base/query.ts";
import { routes } from "./routes.ts";
import { setHeaders } from "../server/security/headers.ts";
import { checkHost } from "../server/security/hosts.ts";
import { askForToken } from "../server/security/token.ts";

/** Who may ask. */
export interface Access {
  /** Values of Host that are taken; null: any. */
  readonly hosts: ReadonlySet<string> | null;
  /** What clients must know; null: nothing. */
  readonly token: string | null;
  /** That the server listens on. */
  readonly port: number;
}

export function createApp(context: WebContext, { hosts, token, port }: Access): WebApp {
  const app: WebApp = new OpenAPIHono({
    defaultHook: (result): void => {
      if (!result.success) throw parameterProblem(result.error);
    },
  });
  app.use(setHeaders);
  app.use(checkHost(hosts));
  if (token !== null) app.use(askForToken(token, port));
  app.get("/assets/:name", (request) => {
    const { name } = request.req.param();
    const response = context.assets.respond(name, request.req.query("v"));
    return response ?? answer(context, request, notFound(request.req.path));
  });
  for (const register of routes) register(app, context);
  app.notFound((request) => answer(context, request, notFound(request.req.path)));
  app.onError((error, request) => answer(context, request, problemOf(error)));
  return app;
}

function notFound(path: string): Problem {
  return new Problem(404, `There is nothing at ${path}`, "begin at the overview");
}

/** Errors that are a client's or a file's fault are told; others are the server's. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StoreError || error instanceof RunFormatError) {
    const [problem, remedy] = error.message.split(/\.\s+Remedy: /);
    if (error instanceof RunFormatError) {
      return new Problem(404, problem!, remedy ?? "see the list of runs", error);
    }
    // The store is named for the lab's commands there; the server has another option for it
    const way = remedy?.replaceAll("--out", "--store") ?? "see whether the store can be read";
    return new Problem(503, problem!, way, error);
  }
  const said = error instanceof Error ? error.stack ?? error.message : String(error);
  Deno.stderr.writeSync(new TextEncoder().encode(`${printable(said)}\n`));
  return new Problem(500, "The server failed", "see what it printed, and report it", error);
}

function answer(
  context: WebContext,
  request: Context,
  problem: Problem,
): Response | Promise<Response> {
  const { status, message, remedy } = problem;
  if (request.req.path.startsWith("/api/")) {
    return request.json({ problem: message, remedy }, status);
  }
  return page(request, <ProblemPage context={context} problem={problem} />, status);
}
