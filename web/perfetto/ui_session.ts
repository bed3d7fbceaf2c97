import { encodeFatalError } from "../../traces/trace_processor/rpc_messages.ts";
import { frameMessage, MessageFramer } from "../../traces/trace_processor/message_framer.ts";
import type { UiClient, UiEngine } from "./ui_engine.ts";

/** Longest message of a client, in bytes; the UI sends traces in pieces of 32 MiB. */
const MAX_MESSAGE = 64 * 1024 * 1024;
/** Bytes that may wait for the client before the engine is held up. */
const MAX_BUFFERED = 16 * 1024 * 1024;
const BUFFER_PERIOD_MS = 20;
/** Longest reason that WebSocket takes, in bytes; 125 with the code of two bytes. */
const MAX_REASON = 120;

/** Codes of WebSocket for applications begin at 4000; these resemble HTTP's. */
export const CloseCode = { taken: 4409, tooLarge: 4413, failed: 4502 } as const;

/** Closes a WebSocket with a reason that the client can show. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  const bytes = new TextEncoder().encode(reason).subarray(0, MAX_REASON);
  // A character that was cut is left out
  socket.close(code, new TextDecoder().decode(bytes, { stream: true }));
}

/**
 * One client of the endpoint, from its connection to its end.
 *
 * @param engine The engine, once it has loaded what it should; may be rejected.
 * @param over Called once, when the client is gone.
 */
export function serveClient(
  socket: WebSocket,
  engine: Promise<UiEngine>,
  over: () => void,
): void {
  const framer = new MessageFramer(MAX_MESSAGE);
  const client: UiClient = { send };
  let gone = false;
  // Messages wait in order for the engine
  let turn: Promise<void> = engine.then((ready) => {
    if (gone) return;
    ready.attach(client);
    ready.ended.then(() => fail(new Error("The trace processor has ended")));
  }).catch(fail);

  async function send(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    while (socket.readyState === WebSocket.OPEN && socket.bufferedAmount > MAX_BUFFERED) {
      await new Promise((resolve) => setTimeout(resolve, BUFFER_PERIOD_MS));
    }
    if (socket.readyState === WebSocket.OPEN) socket.send(frame);
  }

  function fail(error: unknown): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    const reason = error instanceof Error ? error.message : String(error);
    // The UI shows what a trace processor says last
    socket.send(frameMessage(encodeFatalError(reason)));
    closeSocket(socket, CloseCode.failed, reason);
  }

  async function pass(bytes: Uint8Array): Promise<void> {
    const ready = await engine;
    if (gone) return;
    for (const message of framer.push(bytes)) ready.ask(message);
  }

  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
    if (typeof data === "string") return fail(new Error("Only binary frames are taken"));
    turn = turn.then(() => pass(new Uint8Array(data))).catch(fail);
  };
  socket.onerror = (event) => event.preventDefault();
  socket.onclose = () => {
    gone = true;
    engine.then((ready) => ready.detach(client), () => {});
    over();
  };
}
