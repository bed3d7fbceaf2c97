import { launcherReplies, tellLauncher } from "../base/launcher_protocol.ts";
import { EngineDoor } from "./engine_door.ts";
import { socketIn } from "./socket_directory.ts";

/** The door for engines that the launcher starts; see launcher_engines.ts. */
export class LaunchedDoor implements Disposable {
  readonly #directory: string;
  readonly #door: EngineDoor;

  /** @param directory The directory of the socket. */
  constructor(directory: string) {
    this.#directory = directory;
    this.#door = new EngineDoor(
      socketIn(directory),
      (number) => tellLauncher({ kind: "engine", number }),
    );
    this.#listen();
  }

  get start(): EngineDoor["start"] {
    return () => this.#door.start();
  }

  /** Removes the directory as well: a launcher that was killed cannot. */
  [Symbol.dispose](): void {
    this.#door[Symbol.dispose]();
    try {
      Deno.removeSync(this.#directory, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #listen(): Promise<void> {
    for await (const { number, reason } of launcherReplies()) this.#door.failed(number, reason);
  }
}
