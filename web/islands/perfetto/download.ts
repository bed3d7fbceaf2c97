/// <reference lib="dom" />

import { HandoverError } from "./ui_window.ts";

/**
 * Fetches a file as a whole.
 *
 * @param progress Is told which part has come, from 0 to 1.
 * @throws {HandoverError} If the server does not give it.
 */
export async function fetchWhole(
  url: string,
  progress: (share: number) => void,
): Promise<ArrayBuffer> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new HandoverError("The server does not answer", { cause });
  }
  if (!response.ok) throw new HandoverError(`The server answered ${response.status}`);
  const total = Number(response.headers.get("content-length"));
  const whole = new Uint8Array(total);
  let at = 0;
  for (const reader = response.body!.getReader();;) {
    const { value, done } = await reader.read();
    if (done) break;
    if (at + value.length > total) throw new HandoverError("The server sent more than it said");
    whole.set(value, at);
    progress((at += value.length) / total);
  }
  if (at < total) throw new HandoverError("The trace did not come whole. Try again");
  return whole.buffer;
}
