/** The directory of the socket that engines connect to; only this user may enter it. */

/** Where the socket lies in the directory. */
const SOCKET = "engines";

/** Longest path of a unix socket, in bytes, with its end (sun_path of unix(7)). */
const LONGEST_PATH = 108;

/** The directory could not be made. */
export class SocketDirectoryError extends Error {
  override readonly name = "SocketDirectoryError";
}

/** A private directory below the system's temporary one, removed at the end. */
export class SocketDirectory implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the directory. By mktemp(1): where temporary files go is not known when a task's
   * permissions are written down.
   *
   * @throws {SocketDirectoryError} If that fails.
   */
  static async make(): Promise<SocketDirectory> {
    const path = await makeDirectory(["-t"]);
    if (new TextEncoder().encode(socketIn(path)).length < LONGEST_PATH) {
      return new SocketDirectory(path);
    }
    await run("rmdir", ["--", path]);
    return new SocketDirectory(await makeDirectory(["-p", "/tmp"]));
  }

  /** Removes it with what is in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await run("rm", ["-rf", "--", this.path]);
  }
}

/** The socket in such a directory. */
export function socketIn(directory: string): string {
  return `${directory}/${SOCKET}`;
}

/** Its mode is 0700, as mktemp(1) says. */
async function makeDirectory(place: readonly string[]): Promise<string> {
  return (await run("mktemp", ["-d", ...place, "fencelab-web.XXXXXXXXXX"])).trimEnd();
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new SocketDirectoryError(
    `Cannot make a directory for the server's socket: ${decoder.decode(stderr).trim()}. ` +
      "Remedy: let TMPDIR name a directory that can be written",
  );
}
