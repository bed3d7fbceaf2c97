/** A place for an unprivileged user: the project itself may lie where nobody may look. */

import { assert } from "@std/assert";

/** User and group that own nothing else. */
export const NOBODY = "65534";

const project = new URL("../", import.meta.url).pathname;

/** A copy of Deno, of its cache and of the project that belongs to {@linkcode NOBODY}. */
export class UnprivilegedPlace implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @param extra Further files of the project, by their paths in it. */
  static async open(...extra: string[]): Promise<UnprivilegedPlace> {
    const place = await Deno.makeTempDir();
    const info = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
    const { npmCache } = JSON.parse(new TextDecoder().decode(info.stdout));
    await run("mkdir", "-p", `${place}/deno/npm`, `${place}/runs`);
    await run("cp", Deno.execPath(), `${place}/deno-program`);
    await run("cp", "-r", `${npmCache}/.`, `${place}/deno/npm`);
    const names = ["deno.json", "deno.lock", "ffi", "lab", "traces", "build", ...extra];
    await run("cp", "-r", "--parents", ...names.map((name) => `./${name}`), place);
    await run("chown", "-R", NOBODY, place);
    await run("chmod", "-R", "u+rwX,go+rX", place);
    return new UnprivilegedPlace(place);
  }

  /** Runs Deno there as that user, with nothing of this environment but PATH. */
  async deno(args: readonly string[], wrapper: readonly string[] = []): Promise<{
    code: number;
    stdout: string;
    stderr: string;
  }> {
    const { code, stdout, stderr } = await new Deno.Command("setpriv", {
      args: [
        ...["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"],
        ...wrapper,
        ...[`${this.path}/deno-program`, ...args],
      ],
      cwd: this.path,
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH") ?? "",
        HOME: this.path,
        DENO_DIR: `${this.path}/deno`,
      },
    }).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, cwd: project }).output();
  assert(success, `${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
