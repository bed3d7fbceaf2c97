/** A client of trace_processor's documented protocol, written apart from the lab's own. */

import { ProtoReader } from "../../traces/protobuf/proto_reader.ts";
import { encodeMessage, type ProtoField } from "../../traces/protobuf/proto_writer.ts";

/** A reply: its sequence number, method, error that ends it all, and the fields of its result. */
export interface RpcReply {
  readonly sequence: number;
  readonly method: number;
  readonly fatal: string | null;
  readonly result: Uint8Array;
}

/** Fields of the result that are texts. */
export function textIn(result: Uint8Array, field: number): string | null {
  const reader = new ProtoReader(result);
  while (reader.next()) if (reader.field === field) return reader.string();
  return null;
}

/** Fields of the result that are numbers. */
export function numberIn(result: Uint8Array, field: number): number | null {
  const reader = new ProtoReader(result);
  while (reader.next()) if (reader.field === field) return reader.number();
  return null;
}

/** One WebSocket. */
export class PerfettoClient implements AsyncDisposable {
  /** Settled with code and reason when the connection is closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: WebSocket;
  readonly #replies: RpcReply[] = [];
  #wake = (): void => {};
  #bytes: Uint8Array = new Uint8Array();
  #sequence = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
    this.closed = promise;
    socket.onclose = ({ code, reason }) => {
      resolve({ code, reason });
      this.#wake();
    };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.#take(new Uint8Array(data));
  }

  /** Connects. */
  static async open(endpoint: string, origin?: string): Promise<PerfettoClient> {
    const url = `${endpoint.replace("http", "ws")}/websocket`;
    const options = origin === undefined ? {} : { headers: { origin } };
    // Browsers' types, which other tests load, know no headers
    const Connection = WebSocket as unknown as new (url: string, options: object) => WebSocket;
    const socket = new Connection(url, options);
    socket.binaryType = "arraybuffer";
    const client = new PerfettoClient(socket);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = (event) =>
        reject(new Error(event instanceof ErrorEvent ? event.message : ""));
    });
    socket.onerror = null;
    return client;
  }

  /** The next message begins at 0, as a page that is loaded again does. */
  restart(): void {
    this.#sequence = 0;
  }

  /** Leaves numbers out, which is an error. */
  skip(): void {
    this.#sequence += 5;
  }

  /** A request as bytes of the pipe. */
  encode(method: number, ...fields: ProtoField[]): Uint8Array<ArrayBuffer> {
    return encodeMessage([[1, [[1, this.#sequence++], [2, method], ...fields]]]);
  }

  /** Sends bytes in frames that end anywhere. */
  send(bytes: Uint8Array<ArrayBuffer>, pieces: readonly number[] = []): void {
    let at = 0;
    for (const piece of [...pieces, bytes.length]) {
      const end = Math.min(bytes.length, at + piece);
      if (end > at) this.#socket.send(bytes.slice(at, end));
      at = end;
    }
  }

  /** The next reply. */
  async receive(): Promise<RpcReply> {
    while (this.#replies.length === 0) {
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error("The connection is closed");
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#replies.shift()!;
  }

  /** Asks what has one reply. */
  async ask(method: number, ...fields: ProtoField[]): Promise<RpcReply> {
    this.send(this.encode(method, ...fields));
    return await this.receive();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close();
    await this.closed;
  }

  #take(bytes: Uint8Array): void {
    this.#bytes = Uint8Array.from([...this.#bytes, ...bytes]);
    for (;;) {
      const message = this.#message();
      if (message === null) break;
      this.#replies.push(replyIn(message));
    }
    this.#wake();
  }

  /** The first whole message of what has come. */
  #message(): Uint8Array | null {
    let length = 0;
    for (let at = 1; at < this.#bytes.length; at++) {
      const byte = this.#bytes[at]!;
      length += (byte & 0x7f) * 2 ** (7 * (at - 1));
      if (byte >= 0x80) continue;
      const end = at + 1 + length;
      if (end > this.#bytes.length) return null;
      const message = this.#bytes.subarray(at + 1, end);
      this.#bytes = this.#bytes.subarray(end);
      return message;
    }
    return null;
  }
}

function replyIn(message: Uint8Array): RpcReply {
  const reply = { sequence: 0, method: 0, fatal: null as string | null, result: new Uint8Array() };
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.field === 1) reply.sequence = reader.number();
    else if (reader.field === 3) reply.method = reader.number();
    else if (reader.field === 5) reply.fatal = reader.string();
    else if (reader.field > 200) reply.result = Uint8Array.from(reader.bytes());
  }
  return reply;
}
