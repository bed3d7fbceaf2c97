import { assert, assertEquals } from "@std/assert";

import { capturing, gone, HostsFile, LongCapture } from "./lab.ts";
import { cpus, isRoot, needs } from "../fixtures/needs.ts";
import { Network } from "./network.ts";
import { type Process, until } from "../fixtures/processes.ts";
import { sshNeeds, SshServer } from "./ssh_server.ts";
import { noInstancesOf } from "../fixtures/tracing_instances.ts";

const capture = { ...sshNeeds, root: isRoot, "two CPUs": cpus >= 2 };

/** Runs a long capture by ssh, does something to it, and expects nothing to be left on either side. */
async function assertNothingLeft(
  host: string,
  harm: (run: LongCapture, there: Process[]) => Promise<{ code: number | null; says: string }>,
  network?: Network,
): Promise<void> {
  await using sshd = await SshServer.start(network);
  using hosts = new HostsFile(sshd.command(host), { silenceSeconds: 3 });
  const run = new LongCapture(hosts);
  const there = await capturing(run, () => sshd.sessions());
  const here = run.family();
  const expected = await harm(run, there);
  await until("nothing runs there", () => gone(there));
  assert(noInstancesOf(there));
  const { code, stderr } = await run.end();
  if (expected.code !== null) assertEquals(code, expected.code, stderr);
  assert(stderr.includes(expected.says), stderr);
  // The master of shared connections belongs to ssh and stays, as its user wants it
  await until("nothing runs here", () => gone(here.filter(({ name }) => name !== "ssh")));
  assertEquals(hosts.runs(), []);
}

for (const host of ["there", "shared"]) {
  Deno.test({
    ...needs(`a killed ssh client leaves nothing on either side (${host})`, capture),
    async fn(): Promise<void> {
      await assertNothingLeft(host, (run) => {
        Deno.kill(run.client("ssh").pid, "SIGKILL");
        return Promise.resolve({ code: 1, says: "its command was killed by SIGKILL" });
      });
    },
  });

  Deno.test({
    ...needs(`a killed controller leaves nothing on either side (${host})`, capture),
    async fn(): Promise<void> {
      await assertNothingLeft(host, (run) => {
        Deno.kill(run.controller.pid, "SIGKILL");
        return Promise.resolve({ code: null, says: "" });
      });
    },
  });
}

Deno.test({
  ...needs("an interrupted run leaves nothing on either side", capture),
  async fn(): Promise<void> {
    await assertNothingLeft("there", (run) => {
      run.child.kill("SIGTERM");
      return Promise.resolve({ code: 130, says: "nothing of this run is stored" });
    });
  },
});

Deno.test({
  ...needs("an ssh client that is stuck is ended by heartbeat on both sides", capture),
  async fn(): Promise<void> {
    await assertNothingLeft("there", async (run, there) => {
      const client = run.client("ssh");
      Deno.kill(client.pid, "SIGSTOP");
      // Before the controller kills the client, which closes the connection
      await until("the agent has ended by itself", () => gone(there));
      return { code: 1, says: "Lost host 'there': it has been silent for 3 s. Remedy: " };
    });
  },
});

Deno.test({
  ...needs("a network that is gone is noticed by heartbeat on both sides", {
    ...capture,
    "network namespaces": await Network.possible(),
  }),
  async fn(): Promise<void> {
    await using network = await Network.make();
    await assertNothingLeft("there", async (_run, there) => {
      await network.cut();
      await until("the agent has ended by itself", () => gone(there));
      return { code: 1, says: "Lost host 'there': it has been silent for 3 s. Remedy: " };
    }, network);
  },
});
