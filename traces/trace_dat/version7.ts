import { CaptureError } from "../convert/capture_source.ts";
import { ByteCursor } from "./byte_cursor.ts";
import { decompress } from "./decompress.ts";
import {
  type CpuData,
  type DatContent,
  DatOption,
  readEventFormats,
  readFtraceEvents,
  readHeaderInfo,
  readSizedText,
} from "./parts.ts";
import { type RandomAccess, readExactly } from "./random_access.ts";

/** Section header: 16-bit id, 16-bit flags, 32-bit string, 64-bit size. */
const SECTION_HEADER = 16;
const FLAG_COMPRESSED = 1;
const MAX_SECTION = 256 << 20;
/** Chains of options sections longer than this go in circles. */
const MAX_OPTION_SECTIONS = 1000;

/** The buffer of one trace instance. */
interface Buffer {
  /** Where its section is. */
  readonly section: number;
  readonly instance: string;
  readonly clock: string;
  readonly pageSize: number;
  readonly cpus: readonly CpuData[];
}

/**
 * Reads version 7: sections anywhere in the file, found by options (trace-cmd.dat.v7(5)).
 *
 * @param options Where the first options section is.
 */
export async function readVersion7(
  file: RandomAccess,
  options: number,
  littleEndian: boolean,
  compression: string,
): Promise<DatContent> {
  const reader = new SectionReader(file, littleEndian, compression);
  const formats = new Map<string, string>();
  let headerPage = "", kallsyms = "", printkFormats = "", uname = "";
  const buffers: Buffer[] = [];
  for (const [id, data] of await reader.options(options)) {
    const cursor = new ByteCursor(data, littleEndian, `option ${id} of trace.dat`);
    const section = (): Promise<ByteCursor> => reader.section(cursor.u64());
    if (id === DatOption.headerInfo) headerPage = readHeaderInfo(await section());
    else if (id === DatOption.ftraceEvents) readFtraceEvents(await section(), formats);
    else if (id === DatOption.eventFormats) readEventFormats(await section(), formats);
    else if (id === DatOption.kallsyms) kallsyms = readSizedText(await section());
    else if (id === DatOption.printk) printkFormats = readSizedText(await section());
    else if (id === DatOption.uname) uname = cursor.text(data.length);
    else if (id === DatOption.buffer) buffers.push(readBuffer(cursor));
  }
  const used = buffers.filter(({ cpus }) => cpus.some(({ size }) => size > 0));
  const buffer = used.find(({ instance }) => instance === "") ?? used[0] ?? buffers[0];
  if (buffer === undefined) {
    throw new CaptureError("Cannot read trace.dat: it has no buffer with binary events");
  }
  const { clock, pageSize, cpus } = buffer;
  return {
    littleEndian,
    headerPage,
    formats,
    kallsyms,
    printkFormats,
    clock,
    uname,
    pageSize,
    cpus,
    compression: await reader.isCompressed(buffer.section) ? compression : "none",
  };
}

/** BUFFER: offset of its section, instance, clock, page size, CPUs with offset and size of each. */
function readBuffer(cursor: ByteCursor): Buffer {
  const section = cursor.u64();
  const instance = cursor.string();
  const clock = cursor.string();
  const pageSize = cursor.u32();
  const count = cursor.u32();
  const cpus: CpuData[] = [];
  for (let i = 0; i < count; i++) {
    const cpu = cursor.u32();
    const offset = cursor.u64();
    cpus.push({ cpu, offset, size: cursor.u64() });
  }
  return { section, instance, clock, pageSize, cpus };
}

class SectionReader {
  constructor(
    private readonly file: RandomAccess,
    private readonly littleEndian: boolean,
    private readonly compression: string,
  ) {}

  /** All options of the chain of options sections. */
  async options(first: number): Promise<[number, Uint8Array][]> {
    const options: [number, Uint8Array][] = [];
    let sections = 0;
    for (let offset = first; offset !== 0;) {
      if (++sections > MAX_OPTION_SECTIONS) {
        throw new CaptureError(
          `Cannot read trace.dat: more than ${MAX_OPTION_SECTIONS} sections of options follow one ` +
            "another, so one of them names an earlier one: the file is damaged",
        );
      }
      const cursor = await this.section(offset);
      offset = 0;
      while (cursor.left > 0) {
        const id = cursor.u16();
        const data = cursor.bytes(cursor.u32());
        if (id !== DatOption.done) {
          options.push([id, data]);
          continue;
        }
        offset = new ByteCursor(data, this.littleEndian, "the end of trace.dat's options").u64();
        break;
      }
    }
    return options;
  }

  /** Whether the section at a place is compressed. */
  async isCompressed(offset: number): Promise<boolean> {
    return (await this.#header(offset)).compressed;
  }

  /** The content of the section at a place. */
  async section(offset: number): Promise<ByteCursor> {
    const what = `the section at ${offset} of trace.dat`;
    const { compressed: isCompressed, size } = await this.#header(offset);
    if (size > MAX_SECTION) {
      throw new CaptureError(`Cannot read ${what}: ${size} bytes, at most ${MAX_SECTION} are read`);
    }
    const bytes = await readExactly(this.file, offset + SECTION_HEADER, size);
    if (!isCompressed) return new ByteCursor(bytes, this.littleEndian, what);
    const packed = new ByteCursor(bytes, this.littleEndian, what);
    const compressed = packed.u32();
    const original = packed.u32();
    const content = decompress(this.compression, packed.bytes(compressed), original);
    return new ByteCursor(content, this.littleEndian, what);
  }

  async #header(offset: number): Promise<{ compressed: boolean; size: number }> {
    const header = await readExactly(this.file, offset, SECTION_HEADER);
    const cursor = new ByteCursor(header, this.littleEndian, `the section at ${offset}`);
    cursor.u16();
    const compressed = (cursor.u16() & FLAG_COMPRESSED) !== 0;
    cursor.u32();
    return { compressed, size: cursor.u64() };
  }
}
