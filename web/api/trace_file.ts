/** Downloads of traces. */

import type { WebApp, WebContext } from "../context/context.ts";
import { findTrace } from "../base/trace_ref.ts";

export function registerTraceFile(app: WebApp, context: WebContext): void {
  app.get("/traces/:key/file", async (request) => {
    const { key, path } = findTrace(context, request.req.param("key"));
    const file = await Deno.open(path);
    const { size } = await file.stat();
    const headers = {
      "content-type": "application/octet-stream",
      // Keys consist of letters, digits, dots and dashes, and ~ between run and file
      "content-disposition": `attachment; filename="${key.replaceAll(/[^\w.-]/g, "-")}"`,
      "accept-ranges": "bytes",
    };
    const range = rangeOf(request.req.header("range"), size);
    if (range === null) {
      file.close();
      return new Response(null, {
        status: 416,
        headers: { ...headers, "content-range": `bytes */${size}` },
      });
    }
    const length = range.end - range.begin;
    const whole = length === size;
    await file.seek(range.begin, Deno.SeekMode.Start);
    const head = request.req.method === "HEAD";
    if (head) file.close();
    return new Response(head ? null : file.readable.pipeThrough(atMost(length)), {
      status: whole ? 200 : 206,
      headers: {
        ...headers,
        "content-length": String(length),
        ...whole ? {} : { "content-range": `bytes ${range.begin}-${range.end - 1}/${size}` },
      },
    });
  });
}

/**
 * The bytes that a request is for, the end not included; null if there are none.
 *
 * Several ranges, and what is no range of bytes, mean the whole file (RFC 9110, 14.2).
 */
export function rangeOf(
  header: string | undefined,
  size: number,
): { begin: number; end: number } | null {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return { begin: 0, end: size };
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? null : { begin: size - length, end: size };
  }
  const begin = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (last !== "" && Number(last) < begin) return { begin: 0, end: size };
  return begin < size ? { begin, end } : null;
}

/** Ends a stream after some bytes. */
function atMost(length: number): TransformStream<Uint8Array, Uint8Array> {
  let left = length;
  return new TransformStream({
    transform(bytes, controller): void {
      if (left > 0) controller.enqueue(bytes.subarray(0, left));
      left -= bytes.length;
      if (left <= 0) controller.terminate();
    },
  });
}
