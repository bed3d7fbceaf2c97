/** The first frame of a session, and whether it is the expected one. */

import { SessionError } from "./channel.ts";
import { type Frame, frameJson, FrameType, PROTOCOL_VERSION } from "./frames.ts";

/** Who is at the other end. */
export interface Hello {
  readonly protocol: number;
  readonly version: string;
  readonly build: string;
  readonly arch: string;
  readonly kernel: string;
  readonly door: "ffi" | "agent";
}

/** Who must be there. */
export interface Expectation {
  /** Build that must answer: the one that was sent there. */
  readonly expectBuild?: string;
  /** Architecture that must answer, as `uname -m` says. */
  readonly expectArch?: string;
}

/**
 * Reads the first frame of the session with `name`.
 *
 * @throws {SessionError} If it comes from something else than expected.
 * @throws {ProtocolError} If it is no such frame at all.
 */
export function readHello(name: string, frame: Frame, expected: Expectation): Hello {
  const hello = frameJson(frame) as Hello;
  if (frame.type !== FrameType.hello || hello.protocol !== PROTOCOL_VERSION) {
    throw new SessionError(
      `Cannot talk to ${name}: it speaks protocol ${hello.protocol}, expected ${PROTOCOL_VERSION}. ` +
        "Remedy: rebuild it with 'deno task build'",
    );
  }
  const { expectArch = hello.arch, expectBuild = hello.build } = expected;
  if (hello.arch !== expectArch) {
    throw new SessionError(
      `Cannot talk to ${name}: its agent was built for ${hello.arch}, expected ${expectArch}. ` +
        `Remedy: give it the agent for ${expectArch}, or correct the host's architecture`,
    );
  }
  if (hello.build !== expectBuild) {
    throw new SessionError(
      `Cannot talk to ${name}: its agent is build ${hello.build}, expected ${expectBuild}. ` +
        "Remedy: remove the agents that it keeps, and run again",
    );
  }
  return hello;
}
