import { registerBudget } from "../api/budget.ts";
import { registerQuery } from "../api/query.ts";
import { registerTraceFile } from "../api/trace_file.ts";
import { registerPerfetto } from "../api/perfetto.ts";
import { registerOpenApi } from "../api/openapi.ts";
import { registerLive } from "../api/live.tsx";
import { registerUploads } from "../api/uploads.ts";
import { registerLivePage } from "../pages/live_page.tsx";
import { registerCompareApi } from "../api/compare.ts";
import { registerFallbacksApi } from "../api/fallbacks.ts";
import { registerOverviewApi } from "../api/overview.ts";
import { registerRunsApi } from "../api/runs.ts";
import { registerDownloads } from "../downloads/downloads.ts";
import { registerComparePage } from "../pages/compare_page.tsx";
import { registerFallbacksPage } from "../pages/fallbacks_page.tsx";
import { registerGuidePage } from "../pages/guide_page.tsx";
import { registerOverviewPage } from "../pages/overview_page.tsx";
import { registerRunPage } from "../pages/run_page.tsx";
import { registerRunsPage } from "../pages/runs_page.tsx";
import { registerSqlPage } from "../pages/sql_page.tsx";
import { registerTraceIndex } from "../api/trace_index.ts";
import { registerTracePage } from "../pages/trace_page.tsx";
import type { WebApp, WebContext } from "../context/context.ts";

/** Who registers pages and API; the first that fits a request answers it. */
export const routes: readonly ((app: WebApp, context: WebContext) => void)[] = [
  registerOpenApi,
  registerBudget,
  registerQuery,
  registerPerfetto,
  registerTraceFile,
  registerSqlPage,
  registerTraceIndex,
  registerTracePage,
  registerLive,
  registerUploads,
  registerLivePage,
  registerDownloads,
  registerOverviewApi,
  registerRunsApi,
  registerCompareApi,
  registerFallbacksApi,
  registerOverviewPage,
  registerRunsPage,
  registerComparePage,
  registerFallbacksPage,
  registerRunPage,
  registerGuidePage,
];
