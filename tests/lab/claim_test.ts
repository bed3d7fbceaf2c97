import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "node:net";

import { RequestError, Session } from "../../ffi/session.ts";
import { type Door, doors } from "../fixtures/doors.ts";
import { cpus, needs } from "../fixtures/needs.ts";
import { familyOf, type Process, until } from "../fixtures/processes.ts";

const long = { technique: "getppid", "caller-cpus": [0], samples: 1e9, "budget-ms": 60_000 };

/** The supervisor of the only session that this process has open now. */
function supervisor(): Process {
  const found = familyOf(Deno.pid).filter(({ parent, name }) =>
    parent === Deno.pid && name.startsWith("fencelab")
  );
  assertEquals(found.length, 1);
  return found[0]!;
}

for (const first of Object.keys(doors) as Door[]) {
  for (const second of Object.keys(doors) as Door[]) {
    Deno.test(`a claimed host names its owner to whoever comes second (${first}, ${second})`, async () => {
      await using late = await Session.open(doors[second]());
      {
        await using holder = await Session.open(doors[first]());
        await holder.claim("alice@desk, plan 'full'");
        const error = await assertRejects(() => late.claim("bob"), RequestError);
        assertEquals(error.code, "claimed");
        assertEquals(
          error.message,
          `Cannot use ${nameOf(second)}: it is claimed by ` +
            "'alice@desk, plan 'full'', and only one run at a time can use it. " +
            "Remedy: wait until that run has ended",
        );
        await assertRejects(() => holder.claim("alice again"), RequestError, "already");
      }
      await late.claim("bob");
    });
  }

  Deno.test(`a claim ends with its holder, however that ends (${first})`, async () => {
    await using holder = await Session.open(doors[first]());
    await holder.claim("doomed");
    const running = holder.request("cost", long);
    const lost = assertRejects(() => running);
    await until(
      "the worker runs",
      () => familyOf(Deno.pid).some(({ name }) => name === "fencelab-worker"),
    );
    Deno.kill(supervisor().pid, "SIGKILL");
    await lost;
    await using next = await Session.open(doors.agent());
    await next.claim("next");
  });

  Deno.test(`a holder that does not answer still holds the host (${first})`, async () => {
    await using holder = await Session.open(doors[first]());
    await holder.claim("asleep");
    const { pid } = supervisor();
    Deno.kill(pid, "SIGSTOP");
    try {
      await using late = await Session.open(doors.agent());
      await assertRejects(() => late.claim("x"), RequestError, "somebody who does not answer");
    } finally {
      Deno.kill(pid, "SIGCONT");
    }
  });
}

function nameOf(door: Door): string {
  return door === "ffi" ? "the local core" : "the local agent";
}

Deno.test("a worker does not inherit the claim", async () => {
  await using holder = await Session.open(doors.agent());
  await holder.claim("alice");
  const running = holder.request("cost", long);
  const lost = assertRejects(() => running);
  const worker = (): Process | undefined =>
    familyOf(Deno.pid).find(({ name }) => name === "fencelab-worker");
  await until("the worker runs", () => worker() !== undefined);
  const folder = `/proc/${worker()!.pid}/fd`;
  const open = [...Deno.readDirSync(folder)].map(({ name }) =>
    Deno.readLinkSync(`${folder}/${name}`)
  );
  assertEquals(open.filter((target) => target.startsWith("socket:")), []);
  await holder[Symbol.asyncDispose]();
  await lost;
});

Deno.test("a flood of askers does not keep the holder from its duties", async () => {
  await using holder = await Session.open(doors.agent());
  await holder.claim("popular");
  // They connect and neither read nor close
  const askers = Array.from({ length: 300 }, () => connect({ path: "\0fencelab-claim" }));
  for (const asker of askers) asker.on("error", () => {}); // a full backlog refuses some
  try {
    assertEquals((await holder.request("environment")).length, 1);
    const { pid } = supervisor();
    await until("all are dealt with", () => [...Deno.readDirSync(`/proc/${pid}/fd`)].length < 10);
  } finally {
    for (const asker of askers) asker.destroy();
  }
});

Deno.test("owners and housekeeping CPUs are checked", async () => {
  await using session = await Session.open(doors.agent());
  await assertRejects(() => session.claim(""), RequestError, "1 to 200 bytes");
  await assertRejects(() => session.claim("x".repeat(201)), RequestError, "1 to 200 bytes");
  await assertRejects(() => session.claim("a\nb"), TypeError, "control character");
  const error = await assertRejects(() => session.claim("x", [0, 8000]), RequestError);
  assertEquals([error.code, error.message.includes("housekeeping")], ["failed", true]);
  await session.claim("x".repeat(200));
});

Deno.test({
  ...needs("housekeeping holds for the supervisor alone", { "two CPUs": cpus >= 2 }),
  async fn(): Promise<void> {
    await using session = await Session.open(doors.agent());
    const allowed = async (): Promise<unknown> =>
      (await session.request("environment"))[0]!.result["allowed"];
    const before = await allowed();
    await session.claim("x", [1]);
    const status = Deno.readTextFileSync(`/proc/${supervisor().pid}/status`);
    assertEquals(/^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1], "1");
    assertEquals(await allowed(), before);
  },
});
