/** An ssh server of the tests' own: private configuration, keys and port. */

import { findProgram } from "../../ffi/find_program.ts";
import { hasProgram, isRoot } from "../fixtures/needs.ts";
import type { Network } from "./network.ts";
import { familyOf, type Process, until } from "../fixtures/processes.ts";

/** Debian keeps it where only root's PATH leads. */
const SSHD = findProgram("sshd", `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/usr/local/sbin`);
/** The server insists on this folder when it runs as root. */
const SEPARATION = "/run/sshd";

/** What a test of ssh needs; see {@linkcode needs}. */
export const sshNeeds: Readonly<Record<string, boolean>> = {
  sshd: SSHD !== null,
  ssh: hasProgram("ssh"),
  "ssh-keygen": hasProgram("ssh-keygen"),
};

/** A running server with a client's configuration. */
export class SshServer implements AsyncDisposable {
  readonly root: string;
  readonly #child: Deno.ChildProcess;
  readonly #network: Network | undefined;
  readonly #madeSeparation: boolean;

  private constructor(
    root: string,
    child: Deno.ChildProcess,
    network: Network | undefined,
    madeSeparation: boolean,
  ) {
    this.root = root;
    this.#child = child;
    this.#network = network;
    this.#madeSeparation = madeSeparation;
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @param network Where it and its clients are; loopback by default.
   */
  static async start(network?: Network): Promise<SshServer> {
    const root = await Deno.makeTempDir({ prefix: "fencelab-ssh-" });
    const address = network?.address ?? "127.0.0.1";
    const port = freePort();
    for (const key of ["host", "user", "stranger"]) await generateKey(`${root}/${key}`);
    await Deno.copyFile(`${root}/user.pub`, `${root}/authorized_keys`);
    const hostKey = (await Deno.readTextFile(`${root}/host.pub`)).trim();
    await Deno.writeTextFile(`${root}/known_hosts`, `[${address}]:${port} ${hostKey}\n`);
    await Deno.writeTextFile(`${root}/sshd_config`, serverConfig(root, address, port));
    await Deno.writeTextFile(`${root}/config`, clientConfig(root, address, port));
    const madeSeparation = isRoot && makeFolder(SEPARATION);
    const command = [SSHD!, "-D", "-e", "-f", `${root}/sshd_config`];
    const [program, ...args] = network?.at("server", command) ?? command;
    const child = new Deno.Command(program!, { args, stdout: "null", stderr: "piped" }).spawn();
    const server = new SshServer(root, child, network, madeSeparation);
    await server.#listening();
    return server;
  }

  async #listening(): Promise<void> {
    const reader = this.#child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!said.includes("listening on")) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`sshd has ended: ${said}`);
      said += value;
    }
    // Its further words are of no interest, but must not fill the pipe
    (async () => {
      while (!(await reader.read()).done);
    })().catch(() => {});
  }

  /**
   * The words that run a command on the server.
   *
   * @param host `there`, `shared` (connections through a master), `stranger` (a key that the server
   * does not know), `unknown` (a server whose host key is not known) or `nowhere` (no such server).
   */
  command(host = "there"): string[] {
    const command = ["ssh", "-F", `${this.root}/config`, host];
    return this.#network?.at("client", command) ?? command;
  }

  /** What runs for clients now, but for the server's own processes. */
  sessions(): Process[] {
    return familyOf(this.#child.pid).filter(({ name }) => name !== "sshd");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Deno.Command("ssh", {
      args: ["-F", `${this.root}/config`, "-O", "exit", "shared"],
      stdout: "null",
      stderr: "null",
    }).output();
    for (const { pid } of familyOf(this.#child.pid).toReversed()) {
      try {
        Deno.kill(pid, pid === this.#child.pid ? "SIGTERM" : "SIGKILL");
      } catch {
        // ended meanwhile
      }
    }
    await this.#child.status;
    await until("sshd is gone", () => familyOf(this.#child.pid).length === 0);
    await Deno.remove(this.root, { recursive: true });
    if (this.#madeSeparation) await Deno.remove(SEPARATION).catch(() => {}); // somebody else's by now
  }
}

/** A port that was free a moment ago. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function makeFolder(path: string): boolean {
  try {
    Deno.mkdirSync(path, { mode: 0o755 });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

async function generateKey(path: string): Promise<void> {
  const args = ["-q", "-t", "ed25519", "-N", "", "-C", "fencelab test", "-f", path];
  const { success, stderr } = await new Deno.Command("ssh-keygen", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

function serverConfig(root: string, address: string, port: number): string {
  return `ListenAddress ${address}:${port}
HostKey ${root}/host
PidFile none
AuthorizedKeysFile ${root}/authorized_keys
StrictModes no
AuthenticationMethods publickey
PermitRootLogin yes
UsePAM no
UseDNS no
MaxStartups 100
`;
}

function clientConfig(root: string, address: string, port: number): string {
  const common = `  HostName ${address}
  Port ${port}
  IdentitiesOnly yes
  BatchMode yes
  StrictHostKeyChecking yes
  GlobalKnownHostsFile /dev/null
`;
  const known = `  UserKnownHostsFile ${root}/known_hosts\n`;
  const user = `  IdentityFile ${root}/user\n`;
  return `Host there
${common}${known}${user}  ControlMaster no
  ControlPath none
Host shared
${common}${known}${user}  ControlMaster auto
  ControlPath ${root}/master
  ControlPersist 60
Host stranger
${common}${known}  IdentityFile ${root}/stranger
Host unknown
${common}${user}  UserKnownHostsFile /dev/null
Host nowhere
  HostName fencelab-test.invalid
  BatchMode yes
`;
}
