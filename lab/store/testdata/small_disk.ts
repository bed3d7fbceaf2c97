/** A file system of its own for a test, in memory; unmounted at the end of the scope. */
export class SmallDisk {
  readonly path: string;

  /** @param bytes Its size. */
  constructor(bytes: number) {
    this.path = Deno.makeTempDirSync({ prefix: "fencelab-disk-" });
    try {
      run("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "fencelab-test", this.path);
    } catch (cause) {
      Deno.removeSync(this.path);
      throw cause;
    }
  }

  /** Makes it read-only from now on. */
  freeze(): void {
    run("mount", "-o", "remount,ro", this.path);
  }

  [Symbol.dispose](): void {
    run("umount", this.path);
    Deno.removeSync(this.path);
  }
}

/** Why no disk can be mounted here; null if one can. */
export function mountRefusal(): string | null {
  if (Deno.uid() !== 0) return "needs root to mount a file system";
  try {
    using _disk = new SmallDisk(65536);
    return null;
  } catch (cause) {
    return (cause as Error).message;
  }
}

function run(...command: [string, ...string[]]): void {
  const [program, ...args] = command;
  const { success, stderr } = new Deno.Command(program, { args }).outputSync();
  if (!success) throw new Error(`Cannot ${program}: ${new TextDecoder().decode(stderr).trim()}`);
}
