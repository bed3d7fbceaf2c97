import { assert, assertEquals, assertRejects } from "@std/assert";

import { ensureBuild } from "../../ffi/build.ts";
import type { AgentSource } from "../../lab/hosts/machine/machine_host.ts";
import { agentSource, digested, machine, Surroundings } from "./shells.ts";
import { hasProgram, isRoot, needs } from "../fixtures/needs.ts";
import { familyOf, until } from "../fixtures/processes.ts";

interface Problem {
  /** The command that reaches the machine; the surroundings' own by default. */
  readonly command?: (place: Surroundings) => string[];
  readonly entry?: Parameters<typeof machine>[1];
  readonly source?: AgentSource;
  /** Parts of the message. */
  readonly says: readonly string[];
  readonly needs?: Readonly<Record<string, boolean>>;
}

/** A command that says something on its standard error and ends. */
function failing(text: string, code: number): () => string[] {
  return () => ["sh", "-c", `echo "${text}" >&2; exit ${code}`, "x"];
}

const other = "aarch64-linux-gnu-gcc";

const PROBLEMS: Readonly<Record<string, Problem>> = {
  "a program that does not exist": {
    command: () => ["no-such-program"],
    says: ["Cannot reach host 'there': 'no-such-program' cannot be started", "Remedy: "],
  },
  "an unknown host key": {
    command: failing("Host key verification failed.", 255),
    says: [
      "Lost host 'there': its command ended with exit status 255",
      "'Host key verification failed.'",
      "Remedy: run 'ssh' to that host once by hand",
    ],
  },
  "a refused key": {
    command: failing("root@there: Permission denied (publickey).", 255),
    says: ["Permission denied (publickey).", "ssh-copy-id"],
  },
  "a name that nobody knows": {
    command: failing("ssh: Could not resolve hostname there: Name or service not known", 255),
    says: ["Could not resolve hostname", "correct the machine's name"],
  },
  "a scheduler's refusal": {
    command: failing("srun: error: Unable to allocate resources: Invalid partition", 1),
    says: ["exit status 1", "srun: error: Unable to allocate", "see 'sinfo'"],
  },
  "a pod that is not there": {
    command: failing('Error from server (NotFound): pods \\"x\\" not found', 1),
    says: ["(NotFound)", "kubectl get pods"],
  },
  "a shell that is not there": {
    command: failing("bash: line 1: sh: command not found", 127),
    says: ["exit status 127", "command not found", "install what is missing"],
  },
  "escape sequences in its last words": {
    command: failing("$(printf '\\033[31mred')", 3),
    says: ["'\\x1b[31mred'"],
  },
  "an account without a shell": {
    command: () => ["sh", "-c", "echo This account is currently not available.; exit 1", "x"],
    says: ["exit status 1", "'This account is currently not available.'"],
  },
  "a command that is killed": {
    command: () => ["sh", "-c", "kill -9 $$", "x"],
    says: ["its command was killed by SIGKILL"],
  },
  "a machine that does not answer": {
    command: () => ["sh", "-c", "echo Connecting; sleep 1000", "x"],
    entry: { connectSeconds: 1 },
    says: [
      "Cannot reach host 'there': no shell has answered within 1 s",
      "connectSeconds",
      "'Connecting'",
    ],
  },
  "endless noise": {
    command: () => ["yes", "no"],
    says: ["printed more than 64 KiB and no greeting"],
  },
  "a terminal instead of a pipe": {
    command: () => ["script", "-q", "-e", "/dev/null", "-c"],
    says: ["gives a terminal instead of a pipe", "'-t'"],
    needs: { script: hasProgram("script") },
  },
  "an architecture without an agent": {
    command: (place) => {
      place.script("uname", "echo riscv64");
      return place.command();
    },
    says: ["no agent for its architecture 'riscv64'", "x86_64, aarch64, ppc64le"],
  },
  "an architecture that the hosts file denies": {
    command: (place) => {
      place.script("uname", "echo x86_64");
      return place.command();
    },
    entry: { arch: "ppc64el" },
    says: ["it is x86_64, its hosts file says ppc64le"],
  },
  "an agent that is not built": {
    command: (place) => {
      place.script("uname", "echo aarch64");
      return place.command();
    },
    source: () => Promise.resolve(null),
    says: ["the agent for aarch64 is not built", "apt-get install gcc-aarch64-linux-gnu"],
  },
  "another architecture's agent": {
    command: (place) => {
      place.script("uname", "echo x86_64");
      return place.command();
    },
    source: async (arch) => {
      const { agent, id } = await ensureBuild("aarch64");
      return { arch, build: id, ...await digested(await Deno.readFile(agent)) };
    },
    says: ["it is x86_64, and the agent for it is a program for aarch64"],
    needs: { [other]: hasProgram(other) },
  },
  "an agent of another build": {
    source: agentSource((agent) => ({ ...agent, build: "0123456789ab" })),
    says: ["Cannot talk to host 'there': its agent is build ", "expected 0123456789ab"],
  },
  "an agent that is damaged on its way": {
    source: agentSource((agent) => ({
      ...agent,
      bytes: agent.bytes.with(3000, agent.bytes[3000]! ^ 1),
    })),
    says: ["Cannot start the agent on host 'there'", "its digest is wrong"],
  },
  "an agent that cannot run there": {
    // What is left of it is an ELF header: enough to be taken for a program
    source: agentSource(async (agent) => ({
      ...agent,
      ...await digested(agent.bytes.slice(0, 64)),
    })),
    says: ["Cannot start the agent on host 'there'", "the agent cannot be executed"],
  },
  "a full disk": {
    command: (place) => [
      ...["unshare", "--mount", "sh", "-c"],
      `mount -t tmpfs -o size=200k,mode=700 fencelab ${place.home} && exec "$@"`,
      ...["x", ...place.command()],
    ],
    says: ["the agent cannot be written", "No space left on device"],
    needs: { root: isRoot, unshare: hasProgram("unshare") },
  },
  "no folder for programs": {
    command: (place) => [
      ...["unshare", "--mount", "sh", "-c"],
      `for d in ${place.root} /tmp /var/tmp /dev/shm; do mount -t tmpfs -o noexec x $d || exit; done; ` +
      'exec "$@"',
      ...["x", ...place.command({ PATH: "/usr/bin:/bin" })],
    ],
    says: ["no folder there can hold a program: set agentDir"],
    needs: { root: isRoot, unshare: hasProgram("unshare") },
  },
};

for (const [what, problem] of Object.entries(PROBLEMS)) {
  Deno.test({
    ...needs(`${what} is named`, problem.needs ?? {}),
    async fn(): Promise<void> {
      using place = new Surroundings();
      const command = problem.command?.(place) ?? place.command();
      const host = machine(command, problem.entry, problem.source);
      const error = await assertRejects(() => host.open(), Error);
      for (const part of problem.says) {
        assert(error.message.includes(part), `'${part}' is not in: ${error.message}`);
      }
      assertEquals(place.list(place.temporary), []);
      assertEquals(place.list(place.cache).filter((name) => name.startsWith("new-")), []);
      await until("nothing of it runs", () => familyOf(Deno.pid).length === 1);
    },
  });
}

/** A program that says it speaks another protocol. */
const STRANGER = `
#include <unistd.h>
int main(int argc, char **argv)
{
	static const char hello[] = "{\\"protocol\\":99,\\"build\\":\\"b\\",\\"arch\\":\\"x86_64\\"}";
	static const char header[8] = { 1, 0, 0, 0, sizeof(hello) - 1 };

	(void)argv;
	if (argc > 1)
		return 0;
	if (write(1, header, sizeof(header)) < 0 || write(1, hello, sizeof(hello) - 1) < 0)
		return 1;
	return (int)sleep(60);
}
`;

Deno.test({
  ...needs("an agent that speaks another protocol is named", { gcc: hasProgram("gcc") }),
  async fn(): Promise<void> {
    using place = new Surroundings();
    const program = `${place.root}/stranger`;
    Deno.writeTextFileSync(`${program}.c`, STRANGER);
    const { success } = await new Deno.Command("gcc", {
      args: ["-static", "-o", program, `${program}.c`],
    }).output();
    assertEquals(success, true);
    const host = machine(
      place.command(),
      {},
      agentSource(async (agent) => ({
        ...agent,
        ...await digested(await Deno.readFile(program)),
      })),
    );
    await assertRejects(() => host.open(), Error, "it speaks protocol 99, expected ");
    await until("it is gone", () => familyOf(Deno.pid).length === 1);
  },
});
