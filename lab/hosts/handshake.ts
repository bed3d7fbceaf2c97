/** The part of the handshake that shells and the guests' loader share: the agent goes over. */

import { SessionError } from "../../ffi/session.ts";
import type { LineChannel } from "./line_channel.ts";

/** What the other side says when it is ready; the architecture follows. */
export const GREETING = "fencelab-push/1";

export interface Agent {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
}

/** How long the other side may take for each of its answers and each piece, in ms. */
const ANSWER_MS = 30_000;
/** Pieces in which the agent is sent, so that progress can be told. */
const PIECE = 1 << 16;

/**
 * Offers an agent and sends it if the other side has not got it.
 *
 * @returns Whether it had to be sent.
 * @throws {SessionError} If the other side refuses it.
 */
export async function offerAgent(
  channel: LineChannel,
  agent: Agent,
  signal?: AbortSignal,
  onProgress: (fraction: number) => void = () => {},
): Promise<boolean> {
  await channel.sendLine(`${agent.sha256} ${agent.bytes.length}`, ANSWER_MS, signal);
  const answer = await channel.readLine(ANSWER_MS, signal);
  if (answer === "have") return false;
  if (answer !== "need") throw refusal(channel, answer);
  for (let at = 0; at < agent.bytes.length; at += PIECE) {
    await channel.send(agent.bytes.subarray(at, at + PIECE), ANSWER_MS, signal);
    onProgress(Math.min(1, (at + PIECE) / agent.bytes.length));
  }
  const end = await channel.readLine(ANSWER_MS, signal);
  if (end !== "ok") throw refusal(channel, end);
  return true;
}

function refusal(channel: LineChannel, answer: string): SessionError {
  return new SessionError(`Cannot start the agent on ${channel.name}: it says '${answer}'`);
}
