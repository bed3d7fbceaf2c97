/** Notices a host that answers heartbeats, or is this machine, and yet makes no progress. */

import type { Reply, RequestOptions, RequestParameters, Session } from "../../ffi/session.ts";
import { HostError } from "../format/host_error.ts";

/** What steps ask of a session. */
export type Requests = Pick<Session, "request">;

/** How long a request may be silent in any case, in seconds: emulated hosts on a busy machine are slow. */
const LEAST_SECONDS = 60;

/** What is added for each second that it is expected to be silent. */
const FACTOR = 4;

/** Ticks of a timer in the time after which silence counts as a stall. */
const TICKS = 20;

/** Seconds without any frame after which a request counts as stuck. */
export function stallLimit(expectedSeconds: number): number {
  return LEAST_SECONDS + FACTOR * expectedSeconds;
}

/** What is guarded. */
export interface Guarded {
  /** The host's name. */
  readonly host: string;
  /** What is being done there. */
  readonly label: string;
  /** Seconds without any frame after which it counts as stuck; see {@linkcode stallLimit}. */
  readonly seconds: number;
}

/**
 * A session whose requests fail when nothing comes of them for too long.
 *
 * Heartbeats show that the supervisor lives; a worker, or the CPU that it is pinned to, may be stuck
 * all the same. The request is then left as it is: whoever gets the error closes the session, which
 * ends everything behind it. Time is counted in ticks, since a controller that was asleep has not
 * listened.
 */
export function guarded(session: Requests, { host, label, seconds }: Guarded): Requests {
  return {
    async request(
      kind: string,
      parameters: RequestParameters = {},
      options: RequestOptions = {},
    ): Promise<Reply[]> {
      const stall = Promise.withResolvers<never>();
      let ticks = 0;
      const timer = setInterval(() => {
        if (++ticks > TICKS) stall.reject(stuck(host, label, seconds));
      }, seconds * 1000 / TICKS);
      const running = session.request(kind, parameters, heard(options, () => ticks = 0));
      running.catch(() => {}); // once it is stuck nobody waits for it
      try {
        return await Promise.race([running, stall.promise]);
      } finally {
        clearInterval(timer);
      }
    },
  };
}

/** Options that tell of everything that comes in, besides what they were made for. */
function heard(options: RequestOptions, onFrame: () => void): RequestOptions {
  const { onFile, onHistogram, onOutput } = options;
  return {
    ...options,
    onProgress: (fraction) => {
      onFrame();
      options.onProgress?.(fraction);
    },
    onHistogram: (histogram) => {
      onFrame();
      onHistogram?.(histogram);
    },
    ...(onFile
      ? {
        onFile: async (piece) => {
          await onFile(piece);
          onFrame();
        },
      }
      : {}),
    ...(onOutput
      ? {
        onOutput: (piece) => {
          onFrame();
          onOutput(piece);
        },
      }
      : {}),
  };
}

function stuck(host: string, label: string, seconds: number): HostError {
  return new HostError(
    `Cannot go on with '${label}' on host '${host}': nothing has come of it for ${
      Math.round(seconds)
    } s. Remedy: run again; if it stays so, leave this part out (--experiment, --technique), or ` +
      "look at what keeps that host's CPUs busy",
  );
}
