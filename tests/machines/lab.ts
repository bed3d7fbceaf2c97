/** `lab run` on a machine of a hosts file, which tests end in all the ways that there are. */

import { HOSTS_SCHEMA } from "../../lab/hosts/machine/hosts_file.ts";
import { labCommand } from "../fixtures/lab_process.ts";
import { familyOf, type Process, processes, until } from "../fixtures/processes.ts";

/** A hosts file with the one host `there`, a folder for its agents, and a store. */
export class HostsFile implements Disposable {
  readonly root: string = Deno.makeTempDirSync({ prefix: "fencelab-hosts-" });
  readonly path: string = `${this.root}/hosts.json`;
  readonly store: string = `${this.root}/runs`;

  /** @param entry What the host says besides its name and command. */
  constructor(command: readonly string[], entry: Readonly<Record<string, unknown>> = {}) {
    Deno.mkdirSync(this.store);
    const host = { name: "there", command, agentDir: `${this.root}/agents`, ...entry };
    Deno.writeTextFileSync(this.path, JSON.stringify({ schema: HOSTS_SCHEMA, hosts: [host] }));
  }

  /** Names of the runs in the store, and of anything that is half a run. */
  runs(): string[] {
    return [...Deno.readDirSync(this.store)].map(({ name }) => name)
      .filter((name) => !name.startsWith("index.") && !name.startsWith(".scratch-"));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}

/** A `lab run` that captures for a minute unless it is ended. */
export class LongCapture {
  readonly child: Deno.ChildProcess;
  readonly #output: Promise<Deno.CommandOutput>;

  constructor(hosts: HostsFile) {
    this.child = labCommand([
      ...["run", "--hosts", hosts.path, "--host", "there", "--out", hosts.store],
      ...["--experiment", "capture", "--technique", "membarrier-private-expedited"],
      ...["--seconds", "60", "--stop-above", "100s"],
    ]).spawn();
    this.#output = this.child.output();
  }

  /** Launcher, lab and what they started, such as the ssh client. */
  family(): Process[] {
    return familyOf(this.child.pid);
  }

  /** The lab's own process, below the launcher. */
  get controller(): Process {
    return this.family().find(({ parent, name }) =>
      parent === this.child.pid && name.startsWith("deno")
    )!;
  }

  /** The process that reaches the machine. */
  client(name: string): Process {
    const found = this.family().find((one) => one.name === name);
    if (!found) throw new Error(`'${name}' does not run`);
    return found;
  }

  async end(): Promise<{ code: number; stderr: string }> {
    const { code, stderr } = await this.#output;
    return { code, stderr: new TextDecoder().decode(stderr) };
  }
}

/**
 * Waits until a capture is made there.
 *
 * @returns Everything that runs there.
 * @throws If the run ends instead, with what it said.
 */
export async function capturing(run: LongCapture, there: () => Process[]): Promise<Process[]> {
  let family: Process[] = [];
  const waiting = until("it captures", () => {
    family = there();
    return family.some(({ pid, name }) => name === "fencelab-worker" && hasInstance(pid));
  });
  waiting.catch(() => {}); // the run may have ended before it fails
  const ended = run.end().then(({ code, stderr }) => {
    if (!family.some(({ pid }) => hasInstance(pid))) {
      throw new Error(`It ended (${code}): ${stderr}`);
    }
  });
  ended.catch(() => {}); // likewise
  await Promise.race([waiting, ended]);
  return family;
}

function hasInstance(pid: number): boolean {
  return [...Deno.readDirSync("/sys/kernel/tracing/instances")].some(({ name }) =>
    name.startsWith(`fencelab-${pid}-`)
  );
}

/** Whether none of these processes is there any more. */
export function gone(family: readonly Process[]): boolean {
  const now = processes();
  return !family.some((one) => now.some(({ pid, name }) => pid === one.pid && name === one.name));
}
