import { concatBytes } from "../protobuf/concat_bytes.ts";
import { ProtobufError, readVarint } from "../protobuf/proto_reader.ts";
import { encodeMessage } from "../protobuf/proto_writer.ts";

/** The byte pipe is one endless message with a repeated field 1 of bytes: this is its key. */
const FRAME_KEY = 0x0a;

/** Longest message that is believed by default; trace_processor cuts results into pieces far below. */
const MAX_MESSAGE = 256 * 1024 * 1024;

/** Wraps a message for the byte pipe. */
export function frameMessage(message: Uint8Array): Uint8Array<ArrayBuffer> {
  return encodeMessage([[1, message]]);
}

/** Finds whole messages in a byte pipe whose chunks are cut anywhere. */
export class MessageFramer {
  /** Chunks that hold no whole message yet, with their length. */
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Bytes that are needed before it is worth looking again. */
  #needed = 2;
  readonly #maxMessage: number;

  /** @param maxMessage Longest message that is believed, in bytes. */
  constructor(maxMessage = MAX_MESSAGE) {
    this.#maxMessage = maxMessage;
  }

  /**
   * Takes a chunk.
   *
   * @returns The messages that it completed.
   * @throws {ProtobufError} If the bytes are no byte pipe of trace_processor.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return [];
    const bytes = this.#chunks.length === 1 ? chunk : concatBytes(this.#chunks);
    const messages: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      const frame = frameAt(bytes, at, this.#maxMessage);
      if (frame === null) {
        this.#needed = bytes.length - at + 1;
        break;
      }
      if (frame.end > bytes.length) {
        this.#needed = frame.end - at;
        break;
      }
      messages.push(bytes.subarray(frame.start, frame.end));
      at = frame.end;
    }
    this.#chunks = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#length = bytes.length - at;
    return messages;
  }
}

/** Where the message at a position starts and ends; null if not even its length is there. */
function frameAt(
  bytes: Uint8Array,
  at: number,
  maxMessage: number,
): { start: number; end: number } | null {
  if (at >= bytes.length) return null;
  if (bytes[at] !== FRAME_KEY) {
    throw new ProtobufError(
      `Cannot read the byte pipe: a message starts with byte ${bytes[at]}, expected ${FRAME_KEY}`,
    );
  }
  const length = readVarint(bytes, at + 1);
  if (length === null) return null;
  if (length.value > maxMessage) {
    throw new ProtobufError(
      `Cannot read the byte pipe: a message of ${length.value} bytes announced`,
    );
  }
  return { start: length.end, end: length.end + length.value };
}
