/** Runs the lab as a user does: the launcher in a process of its own. */

const project = new URL("../", import.meta.url).pathname;

/** What a finished process left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run it. */
export interface LabOptions {
  readonly env?: Record<string, string>;
  /** The user's directory; relative paths are meant from there. */
  readonly cwd?: string;
}

/** Arguments of `deno` that the task `lab` consists of; from deno.json, so that tests use the same. */
export function taskArguments(task: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${project}deno.json`));
  const [deno, ...args] = (tasks[task] as string).split(" ");
  if (deno !== "deno") throw new Error(`task ${task} is no deno command`);
  return args;
}

/** The command that `deno task lab ARGS` runs. */
export function labCommand(args: readonly string[], options: LabOptions = {}): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [...taskArguments("lab"), ...args],
    cwd: project,
    env: { ...options.env, ...(options.cwd ? { INIT_CWD: options.cwd } : {}) },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs `deno task lab ARGS` to its end. */
export async function lab(args: readonly string[], options: LabOptions = {}): Promise<Finished> {
  const { code, stdout, stderr } = await labCommand(args, options).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
