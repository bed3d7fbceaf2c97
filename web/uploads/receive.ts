/** Takes the body of a request into a file, with bounds. */

import { createHash } from "node:crypto";
import { Problem } from "../base/problem.ts";

/** Larger than any trace of the lab, smaller than what would fill a disk. */
export const MAX_UPLOAD = 2 ** 30;

/** A client that sends nothing for so long has gone, ms. */
const SILENCE_MS = 30_000;

/** A file that was received. */
export interface Received {
  readonly path: string;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Writes a body into a new file. What is there when it fails the caller removes.
 *
 * @param length What the client says it is going to send; null: it does not say.
 * @throws {Problem} If it is too long, empty, or cut off.
 */
export async function receive(
  body: ReadableStream<Uint8Array> | null,
  length: number | null,
  path: string,
): Promise<Received> {
  if (length !== null && length > MAX_UPLOAD) throw tooLong();
  if (body === null) throw empty();
  const hash = createHash("sha256");
  using file = await Deno.open(path, { write: true, createNew: true });
  const reader = body.getReader();
  let bytes = 0;
  try {
    for (let chunk = await nextChunk(reader); chunk !== null; chunk = await nextChunk(reader)) {
      bytes += chunk.length;
      if (bytes > MAX_UPLOAD) throw tooLong();
      hash.update(chunk);
      for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await file.write(rest));
    }
  } finally {
    // Where it failed the client need not send the rest
    reader.cancel().catch(() => {});
  }
  if (bytes === 0) throw empty();
  if (length !== null && bytes !== length) throw cutOff();
  return { path, bytes, sha256: hash.digest("hex") };
}

async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | null> {
  const silent = Promise.withResolvers<never>();
  const timer = setTimeout(() => silent.reject(cutOff()), SILENCE_MS);
  try {
    const { done, value } = await Promise.race([reader.read(), silent.promise]);
    return done ? null : value;
  } catch (cause) {
    throw cause instanceof Problem ? cause : cutOff(cause);
  } finally {
    clearTimeout(timer);
  }
}

function tooLong(): Problem {
  return new Problem(
    413,
    `The upload is larger than ${MAX_UPLOAD / 2 ** 20} MiB`,
    "copy it into the store's directory by hand",
  );
}

function empty(): Problem {
  return new Problem(400, "The upload is empty", "send a trace, or an archive of a run directory");
}

function cutOff(cause?: unknown): Problem {
  return new Problem(400, "The upload was cut off", "send it again", cause);
}
