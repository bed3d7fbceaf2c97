import { assertEquals, assertRejects } from "@std/assert";

import { RequestError, SessionError } from "../../ffi/session.ts";
import { CpuWatch } from "./cpu_watch.ts";
import type { Requests } from "./stall_guard.ts";

type Cpus = { online: number[]; allowed: number[] };

/** A host that has these CPUs one after another. */
function hostWith(...answers: (Cpus | Error)[]): Requests {
  return {
    request: () => {
      const answer = answers.shift()!;
      return answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve([{ result: answer, histogram: null }]);
    },
  } as unknown as Requests;
}

const all = { online: [0, 1, 2, 3], allowed: [0, 1, 2, 3] };

Deno.test("CpuWatch names the step during which CPUs came or went", async () => {
  const watch = new CpuWatch(all);
  const less = { online: [0, 1, 3], allowed: [0, 1] };
  const host = hostWith(all, less, less, all);
  for (const step of ["a", "b", "c", "d"]) await watch.look(host, step);
  assertEquals(watch.changes, [
    { step: "b", which: "online", before: "0-3", after: "0-1,3" },
    { step: "b", which: "allowed", before: "0-3", after: "0-1" },
    { step: "d", which: "online", before: "0-1,3", after: "0-3" },
    { step: "d", which: "allowed", before: "0-1", after: "0-3" },
  ]);
});

Deno.test("CpuWatch goes on where it cannot look, and compares with what it saw last", async () => {
  const watch = new CpuWatch(all);
  const host = hostWith(new RequestError("failed", "ENOMEM"), { ...all, online: [0] });
  await watch.look(host, "a");
  await watch.look(host, "b");
  assertEquals(watch.changes.map(({ step, which }) => [step, which]), [["b", "online"]]);
  const gone = new SessionError("gone");
  await assertRejects(() => watch.look(hostWith(gone), "c"), SessionError);
});

Deno.test("CpuWatch takes hidden lists as the host's facts do", async () => {
  const watch = new CpuWatch({ online: [0, 1], allowed: [0, 1] });
  await watch.look(hostWith({ online: [], allowed: [0, 1] }), "a");
  assertEquals(watch.changes, []);
});
