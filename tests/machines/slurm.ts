/** A Slurm cluster of the tests' own: one node, this machine, on loopback. */

import { findProgram } from "../../ffi/find_program.ts";
import { hasProgram, isRoot } from "../fixtures/needs.ts";
import { familyOf, type Process, processes, until } from "../fixtures/processes.ts";

/** Debian keeps daemons where only root's PATH leads. */
const PATH = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/usr/local/sbin`;
const DAEMONS = ["munged", "slurmctld", "slurmd"] as const;

/** What a test of Slurm needs; see {@linkcode needs}. */
export const slurmNeeds: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(DAEMONS.map((name) => [name, findProgram(name, PATH) !== null])),
  srun: hasProgram("srun"),
  root: isRoot,
};

/** How long a daemon may take to end, in ms, before it is killed. */
const END_MS = 5000;

/** A running cluster. */
export class Slurm implements AsyncDisposable {
  readonly #root: string;
  readonly #daemons: Deno.ChildProcess[] = [];

  private constructor(root: string) {
    this.#root = root;
  }

  /** Starts the daemons. @returns The reason where they do not come up, as in some containers. */
  static async start(): Promise<Slurm | string> {
    const slurm = new Slurm(await Deno.makeTempDir({ prefix: "fencelab-slurm-" }));
    try {
      await slurm.#configure();
      const { conf } = slurm;
      const root = slurm.#root;
      slurm.#run("munged", "-F", "--force", "-S", `${root}/munge`, ...mungeFiles(root));
      await until("munged listens", () => exists(`${root}/munge`));
      slurm.#run("slurmctld", "-D", "-f", conf);
      slurm.#run("slurmd", "-D", "-N", "there", "-f", conf);
      let said = "";
      await until("the node is idle", () => {
        said = slurm.#ask("sinfo", "--noheader", "--format=%T");
        return said.trim() === "idle";
      });
      return slurm;
    } catch (error) {
      const log = await Deno.readTextFile(`${slurm.#root}/slurmd.log`).catch(() => "");
      await slurm[Symbol.asyncDispose]();
      return `${error instanceof Error ? error.message : error}; ${log.slice(-300)}`;
    }
  }

  /** Its configuration, for the variable SLURM_CONF. */
  get conf(): string {
    return `${this.#root}/slurm.conf`;
  }

  /** The words that run a command on its node. */
  command(...options: string[]): string[] {
    return ["env", `SLURM_CONF=${this.conf}`, "srun", "-N1", ...options];
  }

  /** What runs in jobs now. */
  steps(): Process[] {
    return this.#stepDaemons().flatMap(({ pid }) => familyOf(pid).slice(1));
  }

  /** Cancels all jobs. */
  cancelAll(): void {
    this.#ask("scancel", "--user=root");
  }

  async #configure(): Promise<void> {
    const root = this.#root;
    await Deno.chmod(root, 0o755);
    for (const folder of ["state", "spool"]) await Deno.mkdir(`${root}/${folder}`);
    const key = crypto.getRandomValues(new Uint8Array(1024));
    await Deno.writeFile(`${root}/key`, key, { mode: 0o600 });
    await Deno.writeTextFile(this.conf, configuration(root, ...freePorts()));
  }

  #run(name: typeof DAEMONS[number], ...args: string[]): void {
    const program = findProgram(name, PATH)!;
    const env = { SLURM_CONF: this.conf };
    this.#daemons.push(
      new Deno.Command(program, { args, env, stdout: "null", stderr: "null" }).spawn(),
    );
  }

  #ask(program: string, ...args: string[]): string {
    const env = { SLURM_CONF: this.conf };
    const { stdout } = new Deno.Command(program, { args, env, stderr: "null" }).outputSync();
    return new TextDecoder().decode(stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#daemons.length > 1) this.cancelAll();
    const steps = this.#stepDaemons();
    for (const daemon of this.#daemons.toReversed()) {
      kill(daemon.pid, "SIGTERM");
      const late = setTimeout(() => kill(daemon.pid, "SIGKILL"), END_MS);
      await daemon.status;
      clearTimeout(late);
    }
    for (const { pid } of steps) {
      for (const one of familyOf(pid)) kill(one.pid, "SIGKILL");
    }
    await Deno.remove(this.#root, { recursive: true });
  }

  /** They detach from slurmd; those of another cluster have another configuration. */
  #stepDaemons(): Process[] {
    return processes().filter(({ pid, name }) => {
      if (name !== "slurmstepd") return false;
      try {
        const variables = Deno.readTextFileSync(`/proc/${pid}/environ`).split("\0");
        return variables.includes(`SLURM_CONF=${this.conf}`);
      } catch {
        return false; // it has just ended
      }
    });
  }
}

function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // it has ended
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Two ports that were free a moment ago. */
function freePorts(): [number, number] {
  using first = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using second = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return [first.addr.port, second.addr.port];
}

function mungeFiles(root: string): string[] {
  return [
    `--key-file=${root}/key`,
    `--pid-file=${root}/munged.pid`,
    `--log-file=${root}/munged.log`,
    `--seed-file=${root}/seed`,
  ];
}

function configuration(root: string, controller: number, node: number): string {
  const host = Deno.hostname().split(".")[0]!;
  return `ClusterName=fencelab
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${root}/munge
CredType=cred/munge
SlurmctldPort=${controller}
SlurmdPort=${node}
StateSaveLocation=${root}/state
SlurmdSpoolDir=${root}/spool
SlurmctldPidFile=${root}/slurmctld.pid
SlurmdPidFile=${root}/slurmd.pid
SlurmctldLogFile=${root}/slurmctld.log
SlurmdLogFile=${root}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/linear
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
KillWait=2
NodeName=there NodeHostname=${host} NodeAddr=127.0.0.1 CPUs=${navigator.hardwareConcurrency} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}
