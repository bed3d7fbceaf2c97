/** The lab's PerfettoSQL modules, as a package that a trace processor can be given. */

import type { TraceProcessor } from "../trace_processor/client.ts";
import type { SqlModule } from "../trace_processor/rpc_messages.ts";
import budget from "./budget.sql" with { type: "text" };
import disturbances from "./disturbances.sql" with { type: "text" };
import interrupts from "./interrupts.sql" with { type: "text" };
import operations from "./operations.sql" with { type: "text" };
import processes from "./processes.sql" with { type: "text" };
import sends from "./sends.sql" with { type: "text" };
import techniques from "./techniques.sql" with { type: "text" };

/** Name of the package: `INCLUDE PERFETTO MODULE fencelab.operations`, and so on. */
export const SQL_PACKAGE = "fencelab";

/** All modules of the package. */
export const sqlModules: readonly SqlModule[] = Object.entries({
  budget,
  disturbances,
  interrupts,
  operations,
  processes,
  sends,
  techniques,
}).map(([name, sql]) => ({ name: `${SQL_PACKAGE}.${name}`, sql }));

/** Makes the modules known; before or after a trace is loaded. */
export async function registerSqlModules(processor: TraceProcessor): Promise<void> {
  await processor.registerPackage(SQL_PACKAGE, sqlModules);
}
