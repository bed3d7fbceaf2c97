/** Records the whole machine while a program of the user's runs. */

import { z } from "zod";

import type { OutputPiece } from "../../ffi/frames.ts";
import type { Session } from "../../ffi/session.ts";
import { CaptureError } from "../../traces/convert/capture_source.ts";
import { CaptureDirectory } from "../experiments/capture/capture_directory.ts";
import { describeCapture } from "../experiments/capture/record.ts";
import { recordedShape, unavailableSchema } from "../experiments/capture/reply.ts";
import type { HostFacts } from "../environment/facts.ts";
import { parseReply } from "../format/reply.ts";

const replySchema = z.discriminatedUnion("available", [
  unavailableSchema,
  z.object({
    available: z.literal(true),
    ...recordedShape,
    pid: z.int().nonnegative(),
    exitStatus: z.int(),
    exitSignal: z.int().nonnegative(),
    timedOut: z.boolean(),
    seconds: z.number().nonnegative(),
  }),
]);

/** What the core says about a recorded program. */
export type ProgramReply = Extract<z.infer<typeof replySchema>, { available: true }>;

/** What to record. */
export interface ProgramRequest {
  /** Program and arguments; empty for the whole machine. */
  readonly command: readonly string[];
  /** Seconds after which it ends at the latest; 0: when the program ends. */
  readonly seconds: number;
  /** Trace buffer of each CPU, KiB. */
  readonly bufferKb: number;
}

/** How recording is accompanied. */
export interface RecordOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
  readonly onOutput?: (piece: OutputPiece) => void;
}

/** Requests hold no control characters and separate arguments by blanks: both are written as %XX. */
function encodeArguments(command: readonly string[]): string {
  const bytes = (text: string): string =>
    [...new TextEncoder().encode(text)].map((byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, "0")}`
    ).join("");
  for (const argument of command) {
    if (argument === "" || argument.includes("\0")) {
      throw new CaptureError("Cannot trace a command with an empty argument or a NUL in it");
    }
  }
  return command.map(bytes).join(" ");
}

/**
 * Runs `request=trace` and leaves a capture directory.
 *
 * @throws {CaptureError} If tracing is not to be had, the program cannot be executed or the disk is full.
 * @throws {RequestError | SessionError} If the core fails.
 */
export async function recordProgram(
  session: Session,
  request: ProgramRequest,
  facts: HostFacts,
  directory: string,
  options: RecordOptions,
): Promise<ProgramReply> {
  using files = new CaptureDirectory(directory);
  const [reply] = await session.request("trace", {
    command: request.command.length > 0 ? encodeArguments(request.command) : undefined,
    "limit-ms": Math.round(request.seconds * 1000),
    "buffer-kb": request.bufferKb,
  }, { ...options, onFile: (piece) => files.append(piece) });
  const parsed = parseReply(replySchema, reply?.result, "trace", facts.uname.nodename);
  if (!parsed.available) {
    throw new CaptureError(`Cannot trace: ${parsed.reason}. Remedy: see 'deno task lab doctor'`);
  }
  files.append({ name: "ops.bin", bytes: new Uint8Array(0) });
  describeCapture(files, parsed, facts, []);
  return parsed;
}
