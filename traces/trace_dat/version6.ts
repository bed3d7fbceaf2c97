import { CaptureError } from "../convert/capture_source.ts";
import { ByteCursor } from "./byte_cursor.ts";
import {
  type CpuData,
  type DatContent,
  DatOption,
  readEventFormats,
  readFtraceEvents,
  readHeaderInfo,
  readSizedText,
} from "./parts.ts";
import type { RandomAccess } from "./random_access.ts";

/** Everything but the pages lies at the begin, within so many bytes. */
const MAX_META = 256 << 20;
/** Names of the parts behind the CPU count are padded to ten bytes. */
const PART_NAME = 10;
const MAX_CPUS = 65_536;

/**
 * Reads version 6: all parts follow each other in a fixed order (trace-cmd.dat.v6(5)).
 *
 * @param begin Where the parts begin.
 */
export async function readVersion6(
  file: RandomAccess,
  begin: number,
  littleEndian: boolean,
  pageSize: number,
): Promise<DatContent> {
  const meta = await file.read(begin, Math.min(MAX_META, file.size - begin));
  const cursor = new ByteCursor(meta, littleEndian, "trace.dat");
  const formats = new Map<string, string>();
  const headerPage = readHeaderInfo(cursor);
  readFtraceEvents(cursor, formats);
  readEventFormats(cursor, formats);
  const kallsyms = readSizedText(cursor);
  const printkFormats = readSizedText(cursor);
  cursor.bytes(cursor.u64()); // saved_cmdlines: without processes of no use
  const cpus = cursor.u32();
  const options = new Map<number, Uint8Array>();
  let part = cursor.text(PART_NAME).trimEnd();
  if (part === "options") {
    readOptions(cursor, options);
    part = cursor.text(PART_NAME).trimEnd();
  }
  if (part !== "flyrecord" || cpus > MAX_CPUS) {
    throw new CaptureError(
      `Cannot read trace.dat: part '${part}' of ${cpus} CPUs instead of 'flyrecord'; only files ` +
        "with binary events of the top instance can be converted",
    );
  }
  const textOf = (option: number): string =>
    new TextDecoder().decode(options.get(option)).replace(/\0.*$/s, "");
  const data: CpuData[] = Array.from({ length: cpus }, (_, cpu) => {
    const offset = cursor.u64();
    return { cpu, offset, size: cursor.u64() };
  });
  return {
    littleEndian,
    headerPage,
    formats,
    kallsyms,
    printkFormats,
    clock: textOf(DatOption.traceClock),
    uname: textOf(DatOption.uname),
    pageSize,
    cpus: data,
    compression: "none",
  };
}

/** Options: 16-bit id, 32-bit size, data; the id 0 ends them. */
function readOptions(cursor: ByteCursor, options: Map<number, Uint8Array>): void {
  for (let id = cursor.u16(); id !== DatOption.done; id = cursor.u16()) {
    options.set(id, cursor.bytes(cursor.u32()));
  }
}
