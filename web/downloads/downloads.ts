/** What can be downloaded of a run: its files, its report in every format, its directory. */

import { formats } from "../../lab/report/formats.ts";
import { makeReport } from "../../lab/report/make_report.ts";
import { tarBytes, tarSize } from "../../traces/tar/tar_writer.ts";
import type { WebApp, WebContext } from "../context/context.ts";
import { Problem } from "../base/problem.ts";
import { archiveOf, fileNamed } from "./run_files.ts";

/** Types of the files by their endings. */
const TYPES: Readonly<Record<string, string>> = {
  ".json": "application/json",
  ".html": "text/html; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".hlog": "text/plain; charset=utf-8",
  ".ktap": "text/plain; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".h": "text/plain; charset=utf-8",
  ".xml": "application/xml",
  ".tar": "application/x-tar",
};

/** The formats of a run's report, as addresses name them: "csv", "litmus.txt", "junit.xml". */
export const EXPORTS: readonly string[] = formats.map(({ ending }) => ending.slice(1));

/**
 * An answer that browsers save instead of showing.
 *
 * @param name Of the file: letters, digits, dots and dashes.
 * @param size Bytes, where they are known.
 */
export function download(name: string, body: BodyInit, size?: number): Response {
  const type = TYPES[/\.[^.]+$/.exec(name)?.[0] ?? ""] ?? "application/octet-stream";
  const headers = new Headers({
    "content-type": type,
    "content-disposition": `attachment; filename="${name}"`,
  });
  if (size !== undefined) headers.set("content-length", String(size));
  return new Response(body, { headers });
}

export function registerDownloads(app: WebApp, { store, library, version }: WebContext): void {
  app.get("/runs/:id/files/:name", async (request) => {
    const { id, name } = request.req.param();
    const file = fileNamed(store.dir, library.read(id), name);
    const opened = await Deno.open(file.path);
    return download(`${id}.${name}`, opened.readable, file.size);
  });
  app.get("/runs/:id/archive.tar", (request) => {
    const { id } = request.req.param();
    const entries = archiveOf(store.dir, library.read(id));
    const body = ReadableStream.from(tarBytes(entries));
    return download(`${id}.tar`, body, tarSize(entries));
  });
  app.get("/runs/:id/export/:format", (request) => {
    const { id, format: name } = request.req.param();
    const format = formats.find(({ ending }) => ending === `.${name}`);
    if (format === undefined) {
      const remedy = `choose one of ${EXPORTS.join(", ")}`;
      throw new Problem(404, `There is no format '${name}'`, remedy);
    }
    const run = library.read(id);
    const { parts } = makeReport(format, [run], { madeAt: new Date(), version });
    return download(`${id}.${name}`, encoded(parts));
  });
}

function encoded(parts: readonly string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(parts).pipeThrough(new TextEncoderStream());
}
