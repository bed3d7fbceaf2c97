/**
 * What the server says to its launcher, and hears from it: lines of JSON on its standard output and
 * input.
 *
 * The server may start no programs. What it needs beside itself the launcher starts, which takes no
 * command from it but those below.
 */

import { z } from "zod";

export const launcherMessageSchema = z.discriminatedUnion("kind", [
  /** The server accepts connections. */
  z.strictObject({
    kind: z.literal("listening"),
    url: z.string(),
    perfettoUrl: z.string().nullable(),
  }),
  /** The server cannot go on; what to tell the user. */
  z.strictObject({ kind: z.literal("failed"), message: z.string() }),
  /** An engine is needed; it will connect to the server's socket. */
  z.strictObject({ kind: z.literal("engine"), number: z.int().positive() }),
]);

export type LauncherMessage = z.infer<typeof launcherMessageSchema>;

/** One line of the launcher. */
const launcherReplySchema = z.strictObject({
  /** An engine could not be started, or has ended. */
  kind: z.literal("engine-ended"),
  number: z.int().positive(),
  reason: z.string(),
});

/** One line of the launcher. */
export type LauncherReply = z.infer<typeof launcherReplySchema>;

/** A line with one message. */
export function lineOf(message: LauncherMessage | LauncherReply): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(message)}\n`);
}

/** Tells the launcher. */
export function tellLauncher(message: LauncherMessage): void {
  const bytes = lineOf(message);
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(Deno.stdout.writeSync(rest));
}

/** What the launcher says, until it has nothing to say any more. */
export async function* launcherReplies(): AsyncGenerator<LauncherReply> {
  for await (const line of linesOf(Deno.stdin.readable)) {
    yield launcherReplySchema.parse(JSON.parse(line));
  }
}

/** Lines of a stream. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
