import { assertEquals, assertRejects } from "@std/assert";

import { AttendedChannel } from "../../ffi/attended_channel.ts";
import { FrameType } from "../../ffi/frames.ts";
import { type Channel, Session, SessionError } from "../../ffi/session.ts";
import { openCommandChannel } from "../../lab/hosts/command_channel.ts";
import { type Door, doors } from "../fixtures/doors.ts";
import { BareAgent, frameText } from "./agent.ts";
import { familyOf, processes, until } from "../fixtures/processes.ts";

const long = { technique: "getppid", "caller-cpus": [0], samples: 1e9, "budget-ms": 60_000 };
const longRecord = "request=cost\ntechnique=getppid\ncaller-cpus=0\nsamples=1000000000\n" +
  "budget-ms=60000\n\n";

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

function workerOf(pid: number): boolean {
  return familyOf(pid).some(({ name }) => name === "fencelab-worker");
}

Deno.test("the agent answers a heartbeat, also while a worker runs", async () => {
  await using agent = new BareAgent();
  await agent.framesTo(FrameType.hello);
  await agent.send("\n");
  const alive = await agent.frame();
  assertEquals([alive?.type, alive?.payload.length], [FrameType.alive, 0]);
  await agent.send(longRecord);
  await until("the worker runs", () => workerOf(agent.pid));
  await agent.send("\n\n\n");
  await agent.framesTo(FrameType.alive);
  await agent.send("cancel=1\n\n\n");
  const rest = await agent.framesTo(FrameType.done);
  assertEquals(JSON.parse(frameText(rest.at(-1)!)).status, "cancelled");
});

Deno.test("the agent and its worker end when their controller falls silent", async () => {
  await using agent = new BareAgent();
  await agent.send("request=attend\nseconds=1\n\n");
  const [hello, done] = await agent.framesTo(FrameType.done);
  assertEquals(hello?.type, FrameType.hello);
  assertEquals(JSON.parse(frameText(done!)), { request: "attend", id: "", status: "ok" });
  await agent.send(longRecord);
  await until("the worker runs", () => workerOf(agent.pid));
  const family = familyOf(agent.pid);
  for (let beat = 0; beat < 10; beat++) {
    await agent.send("\n");
    await sleep(200);
  }
  assertEquals(workerOf(agent.pid), true);
  await until("all are gone", () => !processes().some(({ pid }) => pid === family.at(-1)!.pid));
  assertEquals((await agent.child.status).code, 0);
});

Deno.test("an agent that stood still itself does not blame its controller", async () => {
  await using agent = new BareAgent();
  await agent.send("request=attend\nseconds=2\n\n");
  await agent.framesTo(FrameType.done);
  Deno.kill(agent.pid, "SIGSTOP");
  await sleep(4000);
  Deno.kill(agent.pid, "SIGCONT");
  await sleep(300); // the controller stood still, too
  await agent.send("\n");
  assertEquals((await agent.frame())?.type, FrameType.alive);
  const said = (await agent.framesTo(FrameType.error)).at(-1)!;
  assertEquals(JSON.parse(frameText(said)).code, "silent");
});

Deno.test("attending is refused without a sensible time", async () => {
  for (const seconds of ["0", "3601", "x", ""]) {
    await using agent = new BareAgent();
    await agent.send(`request=attend\nseconds=${seconds}\n\n`);
    const frames = await agent.framesTo(FrameType.done);
    assertEquals(JSON.parse(frameText(frames.at(-1)!)).status, "failed");
  }
});

/** A channel that loses what one side says, as a network does that is gone. */
class Deaf implements Channel {
  readonly name: string;
  readonly #channel: Channel;
  deafTo: "nothing" | "core" | "controller" = "nothing";

  constructor(channel: Channel) {
    this.#channel = channel;
    this.name = channel.name;
  }
  async read(): Promise<Uint8Array | null> {
    for (;;) {
      const bytes = await this.#channel.read();
      if (bytes === null || this.deafTo !== "core") return bytes;
    }
  }
  async write(bytes: Uint8Array): Promise<void> {
    if (this.deafTo !== "controller") await this.#channel.write(bytes);
  }
  async close(): Promise<void> {
    await this.#channel.close();
  }
}

for (const door of Object.keys(doors) as Door[]) {
  Deno.test(`heartbeats keep a session alive, idle and at work (${door})`, async () => {
    await using session = await Session.open(doors[door](), { attendSeconds: 1 });
    await sleep(1500);
    const abort = new AbortController();
    const running = session.request("cost", long, { signal: abort.signal });
    const ended = assertRejects(() => running, DOMException);
    await sleep(1500);
    abort.abort();
    await ended;
    assertEquals((await session.request("environment")).length, 1);
  });

  Deno.test(`a core that falls silent is lost, and said so (${door})`, async () => {
    const channel = new Deaf(doors[door]());
    await using session = await Session.open(channel, { attendSeconds: 1 });
    const running = session.request("cost", long);
    channel.deafTo = "core";
    await assertRejects(() => running, SessionError, "it has been silent for 1 s. Remedy: ");
    // Nothing is left of it, although nobody has closed the session yet
    await until("its processes are gone", () => familyOf(Deno.pid).length === 1);
  });

  Deno.test(`a core ends when its controller falls silent (${door})`, async () => {
    const channel = new Deaf(doors[door]());
    await using session = await Session.open(channel, { attendSeconds: 4 });
    const running = session.request("cost", long);
    running.catch(() => {}); // awaited below
    await until("the worker runs", () => workerOf(Deno.pid));
    channel.deafTo = "controller";
    const error = await assertRejects(() => running, SessionError, "Lost ");
    assertEquals(error.message.includes("silent"), false, error.message);
    await until("the worker is gone", () => !workerOf(Deno.pid));
  });
}

Deno.test("a controller that was busy for long does not blame the other side", async () => {
  const command = ["sh", "-c", "sleep 0.3; echo something; exec sleep 60"];
  const channel = new AttendedChannel(openCommandChannel("a slow talker", command), 1);
  const reading = channel.read();
  await sleep(50);
  const end = performance.now() + 2500;
  while (performance.now() < end);
  assertEquals(new TextDecoder().decode((await reading)!), "something\n");
  await assertRejects(() => channel.read(), SessionError, "a slow talker: it has been silent");
  await channel.close();
});
