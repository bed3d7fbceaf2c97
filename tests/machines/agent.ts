/** An agent as a bare child process, for tests that must not have a session's manners. */

import { type Frame, FrameReader } from "../../ffi/frames.ts";
import { build } from "../fixtures/doors.ts";

/** A running agent; frames are read only when they are asked for. */
export class BareAgent implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #frames = new FrameReader();
  readonly #ready: Frame[] = [];

  constructor(command: readonly string[] = [build.agent]) {
    const [program, ...args] = command;
    this.child = new Deno.Command(program!, { args, stdin: "piped", stdout: "piped" }).spawn();
    this.#reader = this.child.stdout.getReader();
    this.#writer = this.child.stdin.getWriter();
  }

  get pid(): number {
    return this.child.pid;
  }

  async send(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(text));
  }

  /** The next frame; `null` at the end. @throws If the stream is no sequence of whole frames. */
  async frame(): Promise<Frame | null> {
    for (;;) {
      const frame = this.#ready.shift();
      if (frame) return frame;
      const { value, done } = await this.#reader.read();
      if (done) {
        this.#frames.end();
        return null;
      }
      this.#ready.push(...this.#frames.push(value));
    }
  }

  /** Frames up to the first of a type, which is the last one. */
  async framesTo(type: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    for (;;) {
      const frame = await this.frame();
      if (frame === null) throw new Error(`The agent ended before a frame of type ${type}`);
      frames.push(frame);
      if (frame.type === type) return frames;
    }
  }

  /** Closes its input, as a controller does that goes. */
  async hangUp(): Promise<void> {
    await this.#writer.close().catch(() => {}); // it may have ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hangUp();
    const late = setTimeout(() => this.child.kill("SIGKILL"), 5000);
    await this.child.status;
    clearTimeout(late);
    await this.#reader.cancel().catch(() => {});
  }
}

/** Text of a frame's JSON. */
export function frameText(frame: Frame): string {
  return new TextDecoder().decode(frame.payload);
}
