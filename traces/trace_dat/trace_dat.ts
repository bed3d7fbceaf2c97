import { CaptureError, type CaptureSource } from "../convert/capture_source.ts";
import { ByteCursor } from "./byte_cursor.ts";
import { decompress } from "./decompress.ts";
import type { CpuData, DatContent } from "./parts.ts";
import { type RandomAccess, readExactly } from "./random_access.ts";
import { readVersion6 } from "./version6.ts";
import { readVersion7 } from "./version7.ts";

/** `0x17 0x08 0x44` and "tracing". */
const MAGIC = [0x17, 0x08, 0x44, ...new TextEncoder().encode("tracing")];
/** Longest begin of a file, up to the offset of the options, bytes. */
const HEAD = 256;
/** Pages are read in pieces of this size, bytes. */
const PIECE = 1 << 20;

/** Whether a file begins as a trace.dat of trace-cmd does. */
export function isTraceDat(begin: Uint8Array): boolean {
  return MAGIC.every((byte, index) => begin[index] === byte);
}

/**
 * Opens a trace.dat of trace-cmd, version 6 or 7, as a capture.
 *
 * Of several trace instances the top one is taken, or the first that has events.
 *
 * @throws {CaptureError} If it is none, is truncated, or is compressed in an unknown way.
 */
export async function traceDatSource(file: RandomAccess): Promise<CaptureSource> {
  const content = await readContent(file);
  const texts = new Map<string, string>([
    ["header_page", content.headerPage],
    ["kallsyms", content.kallsyms],
    ["printk_formats", content.printkFormats],
    ...content.formats,
    ["capture.json", JSON.stringify(await describe(file, content))],
  ]);
  const pages = new Map(content.cpus.map((data) => [`cpu${data.cpu}.raw`, data]));
  return {
    list: () => Promise.resolve([...texts.keys(), ...pages.keys()]),
    open: (name) => {
      const text = texts.get(name);
      if (text !== undefined) {
        return Promise.resolve(ReadableStream.from([new TextEncoder().encode(text)]));
      }
      const data = pages.get(name);
      return data === undefined
        ? Promise.reject(new CaptureError(`Cannot read '${name}': trace.dat has no such part`))
        : Promise.resolve(readPages(file, content, data));
    },
  };
}

async function readContent(file: RandomAccess): Promise<DatContent> {
  const head = await file.read(0, Math.min(HEAD, file.size));
  if (!isTraceDat(head)) {
    throw new CaptureError(
      "Cannot read trace.dat: the file should begin with trace-cmd's mark and does not, so another " +
        "program wrote it, or it is damaged",
    );
  }
  const version = new ByteCursor(head.subarray(MAGIC.length), true, "trace.dat").string();
  const at = MAGIC.length + version.length + 1;
  const littleEndian = head[at] === 0;
  const cursor = new ByteCursor(head.subarray(at + 2), littleEndian, "the begin of trace.dat");
  const pageSize = cursor.u32();
  if (version === "6") {
    return await readVersion6(file, at + 2 + cursor.position, littleEndian, pageSize);
  }
  if (version !== "7") {
    throw new CaptureError(`Cannot read trace.dat: version '${version}', known are 6 and 7`);
  }
  const compression = cursor.string();
  cursor.string();
  return await readVersion7(file, cursor.u64(), littleEndian, compression);
}

/** capture.json for a trace.dat, as far as that says what is needed. */
async function describe(file: RandomAccess, content: DatContent): Promise<unknown> {
  const { uname, pageSize, littleEndian, cpus } = content;
  const [, nodename = "", kernel = "", machine = ""] = uname.split(" ");
  const clock = /\[(\w+)\]/.exec(content.clock)?.[1] ?? content.clock.trim();
  const known = ["boot", "mono", "mono_raw", "local", "global"];
  return {
    schema: "fencelab.capture/1",
    arch: machine || "unknown",
    kernel: kernel || "unknown",
    nodename,
    pageSize,
    littleEndian,
    cpus: cpus.map(({ cpu }) => cpu),
    clock: known.includes(clock) ? clock : "unknown",
    firstTime: await firstTime(file, content),
  };
}

/** Time of the first page, ns as text; `undefined` without pages. */
async function firstTime(file: RandomAccess, content: DatContent): Promise<string | undefined> {
  const times: bigint[] = [];
  for (const data of content.cpus) {
    for await (const chunk of readPages(file, content, data)) {
      if (chunk.length < 8) break;
      const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      times.push(view.getBigUint64(0, content.littleEndian));
      break;
    }
  }
  return times.reduce<bigint | undefined>(
    (min, time) => min !== undefined && min < time ? min : time,
    undefined,
  )
    ?.toString();
}

async function* readPages(
  file: RandomAccess,
  { compression, littleEndian }: DatContent,
  { offset, size }: CpuData,
): AsyncGenerator<Uint8Array> {
  if (compression !== "none") {
    if (size > 0) yield* readChunks(file, compression, littleEndian, offset);
    return;
  }
  const end = offset + size;
  for (let at = offset; at < end; at += PIECE) {
    yield await readExactly(file, at, Math.min(PIECE, end - at));
  }
}

/** Compressed pages: count of chunks, then compressed size, size and bytes of each. */
async function* readChunks(
  file: RandomAccess,
  compression: string,
  littleEndian: boolean,
  offset: number,
): AsyncGenerator<Uint8Array> {
  const numbers = async (at: number, length: number): Promise<ByteCursor> =>
    new ByteCursor(await readExactly(file, at, length), littleEndian, "pages of trace.dat");
  const count = (await numbers(offset, 4)).u32();
  let at = offset + 4;
  for (let i = 0; i < count; i++) {
    const sizes = await numbers(at, 8);
    const compressed = sizes.u32();
    const bytes = await readExactly(file, at + 8, compressed);
    yield decompress(compression, bytes, sizes.u32());
    at += 8 + compressed;
  }
}
