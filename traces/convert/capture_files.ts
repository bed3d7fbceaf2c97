import { type EventFormat, parseEventFormat } from "../ring_buffer/event_format.ts";
import { type PageLayout, parseHeaderPage } from "../ring_buffer/header_page.ts";
import { type Capture, parseCapture } from "./capture_json.ts";
import { type CaptureSource, readAll, readText } from "./capture_source.ts";
import { KernelSymbols } from "./kernel_symbols.ts";

/** Most bytes that each kind of file may have. */
const LIMIT = {
  json: 64 << 20,
  header: 64 << 10,
  format: 1 << 20,
  symbols: 256 << 20,
  operations: 512 << 20,
} as const;
const NOTHING = new Uint8Array(0);

/** A capture without its pages. */
export interface CaptureFiles {
  readonly capture: Capture;
  readonly layout: PageLayout;
  readonly formats: readonly EventFormat[];
  readonly symbols: KernelSymbols;
  /** `ops.bin`, empty if there is none. */
  readonly operations: Uint8Array;
  /** CPUs that have pages, ascending. */
  readonly cpus: readonly number[];
}

/** Name of the file with a CPU's pages. */
export function pagesName(cpu: number): string {
  return `cpu${cpu}.raw`;
}

/** Reads all but the pages. @throws {CaptureError | RingBufferError} If something is wrong. */
export async function readCaptureFiles(source: CaptureSource): Promise<CaptureFiles> {
  const names = await source.list();
  const optional = (name: string, limit: number): Promise<string> =>
    names.includes(name) ? readText(source, name, limit) : Promise.resolve("");
  const capture = parseCapture(await readText(source, "capture.json", LIMIT.json));
  const header = await readText(source, "header_page", LIMIT.header);
  const formats: EventFormat[] = [];
  for (const name of names) {
    const system = /^events\/([^/]+)\/[^/]+\.format$/.exec(name)?.[1];
    if (system === undefined) continue;
    formats.push(parseEventFormat(system, await readText(source, name, LIMIT.format)));
  }
  return {
    capture,
    layout: parseHeaderPage(header, capture.littleEndian),
    formats,
    symbols: new KernelSymbols(
      names.includes("kallsyms") ? await readAll(source, "kallsyms", LIMIT.symbols) : NOTHING,
      await optional("printk_formats", LIMIT.json),
    ),
    operations: names.includes("ops.bin")
      ? await readAll(source, "ops.bin", LIMIT.operations)
      : NOTHING,
    cpus: names.flatMap((name) => {
      const cpu = /^cpu(\d{1,4})\.raw$/.exec(name)?.[1];
      return cpu === undefined || Number(cpu) > 1023 ? [] : [Number(cpu)];
    }).sort((one, other) => one - other),
  };
}
