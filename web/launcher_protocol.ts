/**
 * What the server says to its launcher: lines of JSON on its standard output.
 *
 * The server may start no programs. What it needs beside itself the launcher starts, which takes no
 * command from it but those below.
 */

import { z } from "zod";

/** One line. */
export const launcherMessageSchema = z.discriminatedUnion("kind", [
  /** The server accepts connections. */
  z.strictObject({
    kind: z.literal("listening"),
    url: z.string(),
    perfettoUrl: z.string().nullable(),
  }),
  /** The server cannot go on; what to tell the user. */
  z.strictObject({ kind: z.literal("failed"), message: z.string() }),
]);

/** One line. */
export type LauncherMessage = z.infer<typeof launcherMessageSchema>;

/** Tells the launcher. */
export function tellLauncher(message: LauncherMessage): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(Deno.stdout.writeSync(rest));
}
