/// <reference lib="dom" />

/** The Perfetto UI; traces are given to this origin alone. */
export const UI_ORIGIN = "https://ui.perfetto.dev";

/** How often the UI is asked whether it is there, in ms. */
const PING_PERIOD_MS = 100;
/** How long it may take to load, in ms. */
const LIMIT_MS = 60_000;

/** The trace could not be handed over; what to tell the user. */
export class HandoverError extends Error {
  override readonly name = "HandoverError";
}

/**
 * Opens the Perfetto UI in another window; only in answer to a click.
 *
 * @throws {HandoverError} If the browser does not let it.
 */
export function openUi(): Window {
  const opened = open(UI_ORIGIN);
  if (opened) return opened;
  throw new HandoverError(
    "The browser blocked the new window. Allow pop-ups for this page, then try again",
  );
}

/**
 * Waits until the UI answers: it does so once it can take traces.
 *
 * @throws {HandoverError} If its window is closed, or it does not answer in time.
 */
export async function waitForUi(ui: Window): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const begin = performance.now();
  const listen = ({ source, origin, data }: MessageEvent): void => {
    if (source === ui && origin === UI_ORIGIN && data === "PONG") resolve();
  };
  const timer = setInterval(() => {
    if (ui.closed) return reject(new HandoverError("The window of the Perfetto UI was closed"));
    if (performance.now() - begin > LIMIT_MS) {
      return reject(
        new HandoverError("The Perfetto UI does not answer. Is ui.perfetto.dev in reach?"),
      );
    }
    ui.postMessage("PING", UI_ORIGIN);
  }, PING_PERIOD_MS);
  addEventListener("message", listen);
  try {
    await promise;
  } finally {
    clearInterval(timer);
    removeEventListener("message", listen);
  }
}

/** Hands a trace over; the buffer is the UI's afterwards. */
export function handOver(ui: Window, buffer: ArrayBuffer, title: string, fileName: string): void {
  ui.postMessage({ perfetto: { buffer, title, fileName } }, UI_ORIGIN, [buffer]);
}
