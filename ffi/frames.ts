/**
 * Reply frames of the core: `u32 type, u32 length, payload`, little-endian
 * (ffi/core/protocol/frame.h). Types below 16 carry JSON text or nothing, the others bytes.
 */

/** Frame types of protocol {@linkcode PROTOCOL_VERSION}. */
export const FrameType = {
  hello: 1,
  result: 2,
  progress: 3,
  error: 4,
  done: 5,
  /** Answers a heartbeat; empty. */
  alive: 8,
  histogram: 16,
  file: 17,
  output: 18,
} as const;

/** The protocol that this controller speaks; must equal `PROTOCOL_VERSION` of ffi/core/protocol/frame.h. */
export const PROTOCOL_VERSION = 2;

const HEADER_BYTES = 8;
/** `FRAME_MAX` of ffi/core/protocol/frame.h: a longer payload is a protocol error. */
const MAX_PAYLOAD = 4 << 20;

/** One frame as it came over the wire. */
export interface Frame {
  readonly type: number;
  readonly payload: Uint8Array;
}

/** What the other side sent is no sequence of frames, or ended inside of one. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/**
 * Cuts a stream of chunks into frames, wherever the chunks are split.
 *
 * @throws {ProtocolError} If a length is beyond what the protocol allows, which is what
 * a login banner or an error message on the same pipe looks like.
 */
export class FrameReader {
  #pending: Uint8Array = new Uint8Array(0);

  /** Takes the next chunk and returns the frames that are complete now. */
  push(chunk: Uint8Array): Frame[] {
    const bytes = concat(this.#pending, chunk);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const type = view.getUint32(at, true);
      const length = view.getUint32(at + 4, true);
      if (length > MAX_PAYLOAD || type === 0 || type > 255) {
        throw new ProtocolError(
          `Cannot read frames: the stream begins with '${preview(bytes.subarray(at))}', ` +
            "which is no frame. Remedy: the host's command must print nothing but the agent's output",
        );
      }
      if (bytes.length - at < HEADER_BYTES + length) break;
      frames.push({ type, payload: bytes.slice(at + HEADER_BYTES, at + HEADER_BYTES + length) });
      at += HEADER_BYTES + length;
    }
    this.#pending = bytes.subarray(at);
    return frames;
  }

  /** Says that the stream has ended. @throws {ProtocolError} If it ended inside a frame. */
  end(): void {
    if (this.#pending.length > 0) {
      throw new ProtocolError(
        `Cannot read frames: the stream ended with ${this.#pending.length} bytes of an incomplete frame`,
      );
    }
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function preview(bytes: Uint8Array): string {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 40));
  return text.replace(/[^\x20-\x7e]/g, ".");
}

/** A frame's JSON payload. @throws {ProtocolError} If it is not JSON. */
export function frameJson(frame: Frame): unknown {
  const text = new TextDecoder().decode(frame.payload);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError(`Cannot read a frame of type ${frame.type}: it is not JSON`, { cause });
  }
}

/** Non-empty buckets of a histogram of picoseconds; see ffi/core/kit/hist.h. */
export interface WireHistogram {
  unit: "ps";
  precisionBits: number;
  index: number[];
  count: number[];
}

/**
 * Decodes a histogram frame: u32 precision bits, u32 pairs, then {u32 index, u64 count} each.
 *
 * @throws {ProtocolError} If its length does not fit or a count is beyond 2^53.
 */
export function frameHistogram(frame: Frame): WireHistogram {
  const { payload } = frame;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const pairs = payload.length >= 8 ? view.getUint32(4, true) : -1;
  if (payload.length !== 8 + pairs * 12) {
    throw new ProtocolError(
      `Cannot read a histogram: ${payload.length} bytes do not hold ${pairs} pairs`,
    );
  }
  const index: number[] = [];
  const count: number[] = [];
  for (let at = 8; at < payload.length; at += 12) {
    const n = view.getBigUint64(at + 4, true);
    if (n > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new ProtocolError(`Cannot read a histogram: the count ${n} is beyond 2^53`);
    }
    index.push(view.getUint32(at, true));
    count.push(Number(n));
  }
  return { unit: "ps", precisionBits: view.getUint32(0, true), index, count };
}

/** A piece of a file of a reply: to be appended to the file of that name. */
export interface FilePiece {
  /** Relative, with `/` between folders, without `..`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}$/;

/**
 * Decodes a file frame: u32 length of a name, the name, bytes.
 *
 * @throws {ProtocolError} If the name is none that a reply may use: it will be a path on this machine.
 */
export function frameFile({ payload }: Frame): FilePiece {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const length = payload.length >= 4 ? view.getUint32(0, true) : Infinity;
  if (4 + length > payload.length) {
    throw new ProtocolError("Cannot read a file frame: it is cut off");
  }
  const name = new TextDecoder("latin1").decode(payload.subarray(4, 4 + length));
  if (name.length > 200 || !FILE_NAME.test(name)) {
    throw new ProtocolError(
      `Cannot take the file '${preview(payload.subarray(4, 4 + length))}' of a reply: ` +
        "its name leads elsewhere or holds other characters than letters, digits, '.', '_', '-'",
    );
  }
  return { name, bytes: payload.subarray(4 + length) };
}

/** What a traced program wrote. */
export interface OutputPiece {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

/** Decodes an output frame: u32 stream, bytes. @throws {ProtocolError} If the stream is not known. */
export function frameOutput({ payload }: Frame): OutputPiece {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const stream = payload.length >= 4 ? view.getUint32(0, true) : 0;
  if (stream !== 1 && stream !== 2) {
    throw new ProtocolError(`Cannot read an output frame: stream ${stream} is not known`);
  }
  return { stream: stream === 1 ? "stdout" : "stderr", bytes: payload.subarray(4) };
}
