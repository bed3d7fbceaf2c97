/** A network of two machines that are namespaces; this machine's own network is not touched. */

/** Addresses for documentation (RFC 5737); nobody else sees them. */
const ADDRESS = { client: "203.0.113.1", server: "203.0.113.2" } as const;

/** An address that no interface has: what is sent there is lost. */
const NOBODY = "02:00:00:00:00:99";

async function ip(...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command("ip", { args, stdout: "null", stderr: "null" }).output())
      .success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The network; removed when disposed of. */
export class Network implements AsyncDisposable {
  readonly #client = `fencelab-c${Deno.pid}`;
  readonly #server = `fencelab-s${Deno.pid}`;
  /** Where the server listens. */
  readonly address: string = ADDRESS.server;

  private constructor() {}

  /** Whether such a network can be made here. */
  static async possible(): Promise<boolean> {
    try {
      await (await Network.make())[Symbol.asyncDispose]();
      return true;
    } catch {
      return false;
    }
  }

  /** @throws If this user, or this kernel, cannot make it. */
  static async make(): Promise<Network> {
    const network = new Network();
    const [client, server] = [network.#client, network.#server];
    const steps = [
      ["netns", "add", client],
      ["netns", "add", server],
      [
        "-n",
        client,
        "link",
        "add",
        "wire",
        "type",
        "veth",
        "peer",
        "name",
        "wire",
        "netns",
        server,
      ],
      ["-n", client, "addr", "add", `${ADDRESS.client}/24`, "dev", "wire"],
      ["-n", server, "addr", "add", `${ADDRESS.server}/24`, "dev", "wire"],
      ["-n", client, "link", "set", "wire", "up"],
      ["-n", server, "link", "set", "wire", "up"],
    ];
    for (const step of steps) {
      if (await ip(...step)) continue;
      await network[Symbol.asyncDispose]();
      throw new Error(`Cannot make a network: 'ip ${step.join(" ")}' failed`);
    }
    return network;
  }

  /** A command that runs at one of the ends. */
  at(end: "client" | "server", command: readonly string[]): string[] {
    return ["ip", "netns", "exec", end === "client" ? this.#client : this.#server, ...command];
  }

  /** Loses every packet from now on; neither end is told. */
  async cut(): Promise<void> {
    const lost = ["lladdr", NOBODY, "dev", "wire", "nud", "permanent"];
    await ip("-n", this.#client, "neigh", "replace", ADDRESS.server, ...lost);
    await ip("-n", this.#server, "neigh", "replace", ADDRESS.client, ...lost);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The wire goes with its ends
    await ip("netns", "del", this.#client);
    await ip("netns", "del", this.#server);
  }
}
