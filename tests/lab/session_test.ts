import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";

import { PROTOCOL_VERSION } from "../../ffi/frames.ts";
import { RequestError, Session, SessionError } from "../../ffi/session.ts";
import { openCommandChannel } from "../../lab/hosts/command_channel.ts";
import { build, type Door, doors, testBothDoors } from "../fixtures/doors.ts";
import { familyOf, type Process, processes, until } from "../fixtures/processes.ts";

const long = { technique: "getppid", "caller-cpus": [0], samples: 1e9, "budget-ms": 60_000 };

/** Everything that the core runs below this process now. */
function coreProcesses(): Process[] {
  return familyOf(Deno.pid).filter((one) => one.name.startsWith("fencelab"));
}

testBothDoors("hello names protocol, build and architecture", async (session) => {
  assertEquals(session.hello.protocol, PROTOCOL_VERSION);
  assertEquals(session.hello.build, build.id);
  assertEquals(session.hello.arch, build.arch);
  await session.request("environment");
});

testBothDoors("bad requests are refused with their reason and harm nothing", async (session) => {
  const bad: [string, Record<string, string>, string][] = [
    ["nonsense", {}, "not known"],
    ["cost", { technique: "nope", "caller-cpus": "0" }, "'nope'"],
    ["cost", { technique: "none" }, "caller-cpus"],
    ["cost", { technique: "none", "caller-cpus": "0", "sibling-cpus": "0" }, "CPU 0"],
    ["cost", { technique: "none", "caller-cpus": "0", samples: "0" }, "samples=0"],
    ["probe", { surprise: "1" }, "'surprise'"],
    ["probe", { filter: "x" }, "filter 'x'"],
    ["registration", { technique: "nope" }, "'nope'"],
  ];
  for (const [kind, parameters, reason] of bad) {
    const error = await assertRejects(() => session.request(kind, parameters), RequestError);
    assertEquals(error.code, "bad-request", error.message);
    assert(error.message.includes(reason), error.message);
  }
  assertEquals((await session.request("environment")).length, 1);
});

testBothDoors("a CPU that does not exist is an unavailable result", async (session) => {
  const [reply] = await session.request("cost", { technique: "none", "caller-cpus": [8000] });
  assertEquals(reply?.result["available"], false);
  assertEquals(reply?.result["errno"], "EINVAL");
});

testBothDoors("cancelling stops the worker at once and keeps the session", async (session) => {
  const abort = new AbortController();
  const running = session.request("cost", long, { signal: abort.signal });
  await until("the worker runs", () => coreProcesses().some((one) => one.name.includes("worker")));
  abort.abort();
  await assertRejects(() => running, DOMException, "abort");
  await until("it is gone", () => !coreProcesses().some((one) => one.name.includes("worker")));
  assertEquals((await session.request("environment")).length, 1);
});

testBothDoors("a worker that is killed is an error, and the session goes on", async (session) => {
  const running = session.request("cost", long);
  running.catch(() => {}); // awaited below; it may fail while the worker is looked for
  await until("the worker runs", () => coreProcesses().some((one) => one.name.includes("worker")));
  const worker = coreProcesses().find((one) => one.name.includes("worker"))!;
  Deno.kill(worker.pid, "SIGKILL");
  const error = await assertRejects(() => running, RequestError, "signal 9");
  assertEquals(error.code, "worker-died");
  assertEquals((await session.request("environment")).length, 1);
});

for (const door of Object.keys(doors) as Door[]) {
  Deno.test(`closing a session in the middle of a request leaves no process (${door})`, async () => {
    const session = await Session.open(doors[door]());
    const running = session.request("cost", long);
    const ended = assertRejects(() => running, SessionError);
    await until("the worker runs", () => coreProcesses().length >= 2);
    const before = coreProcesses();
    await session[Symbol.asyncDispose]();
    await ended;
    await until(
      "all are gone",
      () => !processes().some((one) => before.some(({ pid }) => pid === one.pid)),
    );
  });
}

/** Talks to an agent without the session's manners; answers all it says until it ends. */
async function rawAgent(input: Uint8Array): Promise<{ code: number; output: Uint8Array }> {
  const child = new Deno.Command(build.agent, { stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  const output = new Response(child.stdout).bytes();
  try {
    await writer.write(input as Uint8Array<ArrayBuffer>);
    await writer.close();
  } catch {
    // it may end before it has read everything
  }
  return { code: (await child.status).code, output: await output };
}

Deno.test("the agent answers any input with frames and ends with its input", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.string({ maxLength: 80 }).map((text) => new TextEncoder().encode(`request=${text}\n\n`)),
      ),
      async (input) => {
        const { code, output } = await rawAgent(input);
        assertEquals(code, 0);
        assertEquals(new DataView(output.buffer).getUint32(0, true), 1); // at least the hello frame
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("the agent refuses a request that never ends", async () => {
  const { code, output } = await rawAgent(new Uint8Array(70_000).fill(97));
  assertEquals(code, 0);
  assert(new TextDecoder().decode(output).includes("longer than"));
});

Deno.test("Session.open() names what is no agent", async () => {
  const open = async (...command: string[]): Promise<Session> =>
    await Session.open(openCommandChannel("host 'x'", command));
  await assertRejects(() => open("echo", "Welcome"), Error, "Welcome");
  await assertRejects(() => open("true"), SessionError, "host 'x'");
  await assertRejects(() => open("/no/such/program"), SessionError, "/no/such/program");
});
