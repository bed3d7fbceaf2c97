import { assertEquals } from "@std/assert";

import { Session } from "../../ffi/session.ts";
import { type Door, doors } from "../fixtures/doors.ts";
import { isRoot, needs } from "../fixtures/needs.ts";
import { familyOf, processes, until } from "../fixtures/processes.ts";
import { noInstancesOf } from "../fixtures/tracing_instances.ts";

/** How long the stray processes of this test sleep, which is how they are found. */
const STRAY = "86413";
const tracing = { root: isRoot };
const files = { onFile: (): void => {}, onOutput: (): void => {} };

/** A program whose grandchild leads a session of its own, and a chain of orphans. */
const program = [
  "sh",
  "-c",
  `setsid sleep ${STRAY} >/dev/null 2>&1 & ` +
  `(setsid sh -c 'setsid sleep ${STRAY} & sleep ${STRAY}' >/dev/null 2>&1 &); `,
];

function encode(words: readonly string[]): string {
  return words.map((word) => encodeURIComponent(word).replaceAll("'", "%27")).join(" ");
}

function strays(): number {
  return processes().filter(({ pid, name }) => {
    if (name !== "sleep") return false;
    try {
      return Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes(STRAY);
    } catch {
      return false; // ended meanwhile
    }
  }).length;
}

function zombiesOf(pid: number): number {
  return processes().filter((one) => {
    if (one.parent !== pid) return false;
    try {
      return /^State:\s*Z/m.test(Deno.readTextFileSync(`/proc/${one.pid}/status`));
    } catch {
      return false;
    }
  }).length;
}

for (const door of Object.keys(doors) as Door[]) {
  Deno.test({
    ...needs(`what a traced program leaves is ended with the request (${door})`, tracing),
    async fn(): Promise<void> {
      await using session = await Session.open(doors[door]());
      const command = encode([program[0]!, program[1]!, `${program[2]} sleep 0.5`]);
      const running = session.request("trace", { command }, files);
      await until("they run", () => strays() === 3);
      const [reply] = await running;
      assertEquals(reply?.result["exitStatus"], 0);
      assertEquals(strays(), 0);
      // The session goes on, and no other process of this machine was touched
      assertEquals((await session.request("environment")).length, 1);
    },
  });

  for (const end of ["cancel", "close"] as const) {
    Deno.test({
      ...needs(`what a traced program leaves is ended by ${end} (${door})`, tracing),
      async fn(): Promise<void> {
        await using session = await Session.open(doors[door]());
        const abort = new AbortController();
        const command = encode([program[0]!, program[1]!, `${program[2]} sleep 60`]);
        const running = session.request("trace", { command }, { ...files, signal: abort.signal });
        const ended = running.then(() => false, () => true);
        await until("they run", () => strays() === 3);
        if (end === "cancel") abort.abort();
        else await session[Symbol.asyncDispose]();
        assertEquals(await ended, true);
        await until("they are gone", () => strays() === 0);
      },
    });
  }

  for (const victim of ["supervisor", "warden", "worker"] as const) {
    Deno.test({
      ...needs(`a ${victim} that is killed takes everything along (${door})`, tracing),
      async fn(): Promise<void> {
        await using session = await Session.open(doors[door]());
        const command = encode([program[0]!, program[1]!, `${program[2]} sleep 60`]);
        const running = session.request("trace", { command }, files);
        const ended = running.then(() => false, () => true);
        await until("they run", () => strays() === 3);
        const [supervisor, ...family] = familyOf(Deno.pid).slice(1);
        // A worker that goes on would notice by itself that nobody reads what it writes
        if (victim !== "worker") {
          Deno.kill(family.find(({ name }) => name === "fencelab-worker")!.pid, "SIGSTOP");
        }
        Deno.kill(
          [supervisor!, ...family].find(({ name }, place) =>
            victim === "supervisor" ? place === 0 : name === `fencelab-${victim}`
          )!.pid,
          "SIGKILL",
        );
        assertEquals(await ended, true);
        await until(
          "all are gone",
          () =>
            strays() === 0 && !processes().some((one) => family.some(({ pid }) => pid === one.pid)),
        );
        await until("no instance is left", () => noInstancesOf(family));
      },
    });
  }

  Deno.test({
    ...needs(`orphans that end while a program runs are reaped (${door})`, tracing),
    async fn(): Promise<void> {
      await using session = await Session.open(doors[door]());
      const script = "for i in 1 2 3 4 5 6 7 8; do (true &) ; done; sleep 1";
      const running = session.request("trace", { command: encode(["sh", "-c", script]) }, files);
      await until(
        "the program runs",
        () => familyOf(Deno.pid).some(({ name }) => name === "sleep"),
      );
      const supervisor = familyOf(Deno.pid).find(({ parent, name }) =>
        parent === Deno.pid && name.startsWith("fencelab")
      )!;
      await until("they are reaped", () => zombiesOf(supervisor.pid) === 0, 1);
      await running;
    },
  });
}
