import type { Run } from "./run_schema.ts";
import { paint, type RenderOptions } from "../../text/style.ts";

/** What stands above every table with times of an emulated host; no line for other hosts. */
export function emulatedStamp(run: Run, options: RenderOptions): string[] {
  if (!run.host.emulated) return [];
  return [paint("emulated: semantics only, times mean nothing", "bad", options)];
}
