import { Layout } from "../components/layout.tsx";
import { LiveList } from "../components/live_list.tsx";
import type { WebApp, WebContext } from "../context/context.ts";
import { page } from "../base/page.ts";

/** `/live`: the runs in progress. */
export function registerLivePage(app: WebApp, context: WebContext): void {
  app.get("/live", async (request) =>
    await page(
      request,
      <Layout context={context} title="Runs in progress" active="/live" islands={["live"]}>
        <h1>Runs in progress</h1>
        <p id="live-state" role="status">
          As of the moment when this page was loaded; <a href="/live">load it again</a>.
        </p>
        <div id="live">
          <LiveList runs={await context.live.now()} />
        </div>
      </Layout>,
    ));
}
