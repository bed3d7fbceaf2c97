import { assert, assertEquals } from "@std/assert";

import { type Frame, FrameType } from "../../ffi/frames.ts";
import { BareAgent, frameText } from "./agent.ts";
import { isRoot, needs } from "../fixtures/needs.ts";
import { familyOf, type Process, processes, until } from "../fixtures/processes.ts";
import { noInstancesOf } from "../fixtures/tracing_instances.ts";

// `lab trace` on a program that never stops to write: more than any pipe holds
const endless = "request=trace\ncommand=yes\n\n";
const tracing = { root: isRoot };

function residentKb(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]);
}

/** Starts the program and waits until everything on the way to us is full. */
async function stuckAgent(agent: BareAgent): Promise<Process[]> {
  await agent.framesTo(FrameType.hello);
  await agent.send(endless);
  await until("the program runs", () => familyOf(agent.pid).some(({ name }) => name === "yes"));
  await atRest(agent);
  return familyOf(agent.pid);
}

/** Waits until the agent's memory stays as it is: nothing moves any more. */
async function atRest({ pid }: BareAgent): Promise<void> {
  let last = -1;
  let same = 0;
  await until("nothing moves any more", () => {
    const now = residentKb(pid);
    same = now === last ? same + 1 : 0;
    last = now;
    return same > 25;
  });
}

function gone(family: readonly Process[]): boolean {
  return !processes().some((one) => family.some(({ pid }) => pid === one.pid));
}

Deno.test({
  ...needs("a controller that stops reading slows the worker down; nothing piles up", tracing),
  async fn(): Promise<void> {
    await using agent = new BareAgent();
    const family = await stuckAgent(agent);
    for (let beat = 0; beat < 1000; beat++) await agent.send("\n");
    // Answers to these have a limit, too: the agent stops listening until somebody reads them
    await agent.send("request=environment\n\n".repeat(1000));
    await atRest(agent);
    assert(residentKb(agent.pid) < 20_000, `${residentKb(agent.pid)} kB`);
    assertEquals(gone(family), false);
    await agent.send("cancel=1\n\n");
    // Whoever reads again finds whole frames, and the request's end among them
    const frames = await agent.framesTo(FrameType.done);
    assertEquals(JSON.parse(frameText(frames.at(-1)!)).status, "cancelled");
    const busy = frames.filter(({ type }) => type === FrameType.error);
    assertEquals(busy.length, 1000);
    assert(frames.some(({ type }) => type === FrameType.output));
    await agent.send("request=environment\n\n");
    const next: Frame[] = await agent.framesTo(FrameType.done);
    assertEquals(JSON.parse(frameText(next.at(-1)!)).status, "ok");
    await until("no instance is left", () => noInstancesOf(family));
  },
});

Deno.test({
  ...needs("a hang-up is noticed while nobody reads", tracing),
  async fn(): Promise<void> {
    await using agent = new BareAgent();
    const family = await stuckAgent(agent);
    await agent.hangUp();
    await until("all are gone", () => gone(family));
    await until("no instance is left", () => noInstancesOf(family));
  },
});

Deno.test({
  ...needs("a missing heartbeat is noticed while nobody reads", tracing),
  async fn(): Promise<void> {
    await using agent = new BareAgent();
    await agent.send("request=attend\nseconds=2\n\n");
    await agent.framesTo(FrameType.done);
    await agent.send(endless);
    await until("the program runs", () => familyOf(agent.pid).some(({ name }) => name === "yes"));
    const family = familyOf(agent.pid);
    for (let beat = 0; beat < 15; beat++) {
      await agent.send("\n");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assertEquals(gone(family), false);
    await until("all are gone", () => gone(family));
    await until("no instance is left", () => noInstancesOf(family));
  },
});

Deno.test({
  ...needs("SIGTERM ends a session in order", tracing),
  async fn(): Promise<void> {
    await using agent = new BareAgent();
    const family = await stuckAgent(agent);
    agent.child.kill("SIGTERM");
    assertEquals((await agent.child.status).signal, "SIGTERM");
    await until("all are gone", () => gone(family));
    assert(noInstancesOf(family));
  },
});
