import { CaptureError } from "../convert/capture_source.ts";
import type { ByteCursor } from "./byte_cursor.ts";

/** Options of trace.dat(5) that matter here. */
export const DatOption = {
  done: 0,
  buffer: 3,
  traceClock: 4,
  uname: 5,
  headerInfo: 16,
  ftraceEvents: 17,
  eventFormats: 18,
  kallsyms: 19,
  printk: 20,
} as const;

/** Pages of one CPU in the file. */
export interface CpuData {
  readonly cpu: number;
  readonly offset: number;
  /** Bytes in the file. */
  readonly size: number;
}

/** What was read of a trace.dat, whatever its version. */
export interface DatContent {
  readonly littleEndian: boolean;
  readonly headerPage: string;
  /** Format files by their name in a capture, `events/SYSTEM/EVENT.format`. */
  readonly formats: ReadonlyMap<string, string>;
  readonly kallsyms: string;
  readonly printkFormats: string;
  /** As tracefs' `trace_clock` says it: `boot`, or `local global [boot]`. */
  readonly clock: string;
  /** System, node, release and machine, as trace-cmd writes them; empty if unknown. */
  readonly uname: string;
  /** Bytes. */
  readonly pageSize: number;
  readonly cpus: readonly CpuData[];
  /** `none` if the pages are as the kernel wrote them. */
  readonly compression: string;
}

/** More systems or events than any kernel has; guards against a hostile file. */
const MAX_COUNT = 100_000;

/** HEADER INFO: `header_page`, its size and text, then the same of `header_event`. */
export function readHeaderInfo(cursor: ByteCursor): string {
  expectName(cursor, "header_page");
  const page = cursor.text(cursor.u64());
  expectName(cursor, "header_event");
  cursor.text(cursor.u64());
  return page;
}

function expectName(cursor: ByteCursor, name: string): void {
  const found = cursor.string();
  if (found !== name) {
    throw new CaptureError(`Cannot read trace.dat: '${found.slice(0, 20)}' instead of '${name}'`);
  }
}

/** FTRACE EVENT FORMATS: count, then size and text of each. */
export function readFtraceEvents(cursor: ByteCursor, formats: Map<string, string>): void {
  readFormats(cursor, "ftrace", formats);
}

/** EVENT FORMATS: count of systems, then name, count and formats of each. */
export function readEventFormats(cursor: ByteCursor, formats: Map<string, string>): void {
  const systems = cursor.u32();
  for (let i = 0; i < systems; i++) readFormats(cursor, cursor.string(), formats);
}

function readFormats(cursor: ByteCursor, system: string, formats: Map<string, string>): void {
  const count = cursor.u32();
  if (count > MAX_COUNT || system.includes("/")) {
    throw new CaptureError(`Cannot read trace.dat: ${count} events of system '${system}'`);
  }
  for (let i = 0; i < count; i++) {
    const text = cursor.text(cursor.u64());
    const name = /^name:\s*(\S+)/m.exec(text)?.[1] ?? `unnamed-${i}`;
    formats.set(`events/${system}/${name.replaceAll("/", "_")}.format`, text);
  }
}

/** KALLSYMS and TRACE_PRINTK: size of 32 bits and text. */
export function readSizedText(cursor: ByteCursor): string {
  return cursor.text(cursor.u32());
}
