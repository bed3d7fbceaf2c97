/**
 * Gives up a query that never ends, and exits: prints what the query and one that waited said.
 *
 * A program of its own, since Deno does not stop a worker that computes: see wasm_pipe.ts.
 */

import { openTraceProcessor } from "../../lab/places/traces_files.ts";

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

const processor = await openTraceProcessor({ engine: "wasm" });
const controller = new AbortController();
const endless =
  "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT MAX(x) FROM c";
const query = processor.query(endless, { signal: controller.signal }).catch(nameOf);
const waiting = processor.query("SELECT 1").catch(nameOf);
setTimeout(() => controller.abort(), 50);
const said = JSON.stringify([await query, await waiting]);
Deno.stdout.writeSync(new TextEncoder().encode(said));
Deno.exit();
