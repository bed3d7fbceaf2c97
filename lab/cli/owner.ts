/** Who runs a plan, for whoever finds the host taken. */

import type { CommandLine } from "./parse.ts";

/** Protocol limit of `claim`'s owner, in bytes. */
const OWNER_MAX = 200;

/** "alice on lab3, process 4711, since 2026-11-21T10:00:00Z: cost, capture". */
export function ownerOf(line: CommandLine): string {
  const user = Deno.env.get("USER") ?? Deno.env.get("LOGNAME") ?? "somebody";
  const since = new Date().toISOString().replace(/\.\d+/, "");
  const what = line.values("experiment").join(", ") || (line.value("plan") ?? "quick");
  const text = `${user} on ${Deno.hostname()}, process ${Deno.pid}, since ${since}: ${what}`;
  // Bytes, not characters: what is outside of ASCII is replaced
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, OWNER_MAX);
}
