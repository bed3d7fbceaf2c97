import { assert, assertEquals } from "@std/assert";

import type { ConformanceResult } from "../../lab/experiments/run/run_schema.ts";
import { resultSchema } from "../../lab/experiments/run/results_schema.ts";
import { build } from "../fixtures/doors.ts";
import { machine, openAndWatch, Surroundings } from "./shells.ts";
import { hasProgram, isRoot, needs } from "../fixtures/needs.ts";
import { familyOf, until } from "../fixtures/processes.ts";

/** The case that executes the agent's program finds it, wherever it lies. */
async function assertHelperRuns(host: Awaited<ReturnType<typeof openAndWatch>>): Promise<void> {
  const [reply] = await host.session.request("conformance", { helper: host.helper });
  const { cases } = resultSchema.parse(reply!.result) as ConformanceResult;
  assertEquals(cases.find(({ name }) => name.includes("over exec"))?.pass, true);
}

async function nothingRuns(): Promise<void> {
  await until("nothing of it runs", () => familyOf(Deno.pid).length === 1);
}

for (const shell of ["dash", "bash", "busybox", "ksh", "mksh"]) {
  Deno.test({
    ...needs(`an agent is sent once and kept (${shell})`, { [shell]: hasProgram(shell) }),
    async fn(): Promise<void> {
      using place = new Surroundings();
      place.link("sh", shell);
      const host = machine(place.command());
      for (const sent of [true, false]) {
        await using there = await openAndWatch(host);
        assertEquals(there.sent, sent);
        assertEquals(there.session.hello.build, build.id);
        assertEquals((await there.session.request("environment")).length, 1);
        if (sent && shell === "dash") await assertHelperRuns(there);
      }
      const [agent, ...others] = place.list(place.cache);
      assertEquals([agent?.startsWith("agent-"), others], [true, []]);
      assertEquals(Deno.statSync(place.cache).mode! & 0o777, 0o700);
      assertEquals(place.list(place.temporary), []);
      await nothingRuns();
    },
  });
}

Deno.test({
  ...needs("busybox's own programs do", { busybox: hasProgram("busybox") }),
  async fn(): Promise<void> {
    using place = new Surroundings();
    place.link("busybox", "busybox");
    place.link("env", "env");
    await new Deno.Command("busybox", { args: ["--install", "-s", place.bin] }).output();
    const host = machine(place.command({ PATH: place.bin }));
    for (const sent of [true, false]) {
      await using there = await openAndWatch(host);
      assertEquals(there.sent, sent);
      await there.session.request("environment");
    }
  },
});

Deno.test("the digest is computed by whatever program can", async () => {
  const others = ["uname", "head", "wc", "cut", "ls", "mkdir", "mv", "rm", "chmod", "touch", "sh"];
  for (const tool of ["sha256sum", "shasum", "openssl", null]) {
    if (tool !== null && !hasProgram(tool)) continue;
    using place = new Surroundings();
    for (const name of [...others, ...(tool ? [tool] : []), "perl", "env"]) {
      if (hasProgram(name)) place.link(name, name);
    }
    const host = machine(place.command({ PATH: place.bin }));
    for (const again of [false, true]) {
      await using there = await openAndWatch(host);
      // Without any, nothing that is kept can be trusted
      assertEquals(there.sent, tool === null || !again, String(tool));
    }
  }
});

Deno.test("an agent that was damaged where it is kept is sent again", async () => {
  using place = new Surroundings();
  const host = machine(place.command());
  await (await host.open())[Symbol.asyncDispose]();
  const [agent] = place.list(place.cache);
  const path = `${place.cache}/${agent}`;
  const whole = Deno.readFileSync(path);
  Deno.writeFileSync(path, whole.with(5000, whole[5000]! ^ 1));
  await using there = await openAndWatch(host);
  assertEquals(there.sent, true);
  assertEquals(Deno.readFileSync(path), whole);
});

Deno.test("of older agents two are kept beside the newest", async () => {
  using place = new Surroundings();
  Deno.mkdirSync(place.cache, { recursive: true, mode: 0o700 });
  for (const age of [5, 4, 3, 2, 1]) {
    const path = `${place.cache}/agent-${age}`;
    Deno.writeTextFileSync(path, "");
    const time = Date.now() / 1000 - age * 1000;
    Deno.utimeSync(path, time, time);
  }
  Deno.writeTextFileSync(`${place.cache}/notes`, "");
  Deno.writeTextFileSync(`${place.cache}/new-elsewhere-1`, "");
  Deno.utimeSync(`${place.cache}/new-elsewhere-1`, 1, 1);
  await using there = await openAndWatch(machine(place.command()));
  const left = place.list(place.cache).filter((name) => name.length < 20);
  assertEquals(left, ["agent-1", "agent-2", "notes"]);
  assertEquals(there.sent, true);
});

/** Folders that must not be used, and how they are made. */
const UNFIT: Record<string, (place: Surroundings) => Record<string, string | null>> = {
  "no home": () => ({ HOME: null }),
  "a home that cannot be written": () => ({ HOME: "/proc" }),
  "a folder that others may write to": (place) => {
    Deno.mkdirSync(place.cache, { recursive: true });
    Deno.chmodSync(place.cache, 0o777);
    return {};
  },
  "a folder that is a file": (place) => {
    Deno.mkdirSync(`${place.home}/.cache`);
    Deno.writeTextFileSync(place.cache, "");
    return {};
  },
};
if (isRoot) {
  UNFIT["a folder of somebody else's"] = (place) => {
    Deno.mkdirSync(place.cache, { recursive: true, mode: 0o700 });
    Deno.chownSync(place.cache, 65534, 65534);
    return {};
  };
}

for (const [what, make] of Object.entries(UNFIT)) {
  Deno.test(`with ${what} the agent removes itself from a temporary folder`, async () => {
    using place = new Surroundings();
    const host = machine(place.command(make(place)));
    for (let round = 0; round < 2; round++) {
      await using there = await openAndWatch(host);
      assertEquals(there.sent, true);
      // The same for all of them, and it takes a second
      if (what === "no home" && round === 0) await assertHelperRuns(there);
      assertEquals(place.list(place.temporary), []);
    }
  });
}

Deno.test("agentDir comes first, whatever characters it has", async () => {
  using place = new Surroundings();
  const agentDir = `${place.root}/it's "here" $HOME \\`;
  await using there = await openAndWatch(machine(place.command(), { agentDir }));
  assertEquals([there.sent, place.list(agentDir).length, place.list(place.cache)], [true, 1, []]);
  await using again = await openAndWatch(machine(place.command(), { agentDir }));
  assertEquals(again.sent, false);
});

/** A command whose home is a file system of its own. */
function mounted(place: Surroundings, options: string, ...more: string[]): string[] {
  const mounts = [place.home, ...more].map((folder) =>
    `mount -t tmpfs -o ${options} fencelab ${folder} && `
  );
  return [
    "unshare",
    "--mount",
    "sh",
    "-c",
    `${mounts.join("")} exec "$@"`,
    "x",
    ...place.command(),
  ];
}

const mounting = { root: isRoot, unshare: hasProgram("unshare") };

Deno.test({
  ...needs("a home where programs cannot be executed is passed over", mounting),
  async fn(): Promise<void> {
    using place = new Surroundings();
    await using there = await openAndWatch(machine(mounted(place, "noexec,mode=700")));
    assertEquals(there.sent, true);
    assertEquals(place.list(place.temporary), []);
    assert((await there.session.request("environment")).length === 1);
  },
});

Deno.test("what is printed before the greeting is passed over", async () => {
  using place = new Surroundings();
  const noise = "echo Welcome; seq 1 5000; printf 'no end of line'; exec \"$@\"";
  await using there = await openAndWatch(machine(["sh", "-c", noise, "x", ...place.command()]));
  assertEquals((await there.session.request("environment")).length, 1);
});

Deno.test("an agent is used by two labs at once", async () => {
  using place = new Surroundings();
  const host = machine(place.command());
  const both = await Promise.all([openAndWatch(host), openAndWatch(host)]);
  for (const there of both) {
    await there.session.request("environment");
    await there[Symbol.asyncDispose]();
  }
  assertEquals(place.list(place.cache).length, 1);
});

Deno.test("aborting while a machine is reached ends the command", async () => {
  using place = new Surroundings();
  const abort = new AbortController();
  const silent = machine(["sh", "-c", "sleep 4711", "x", ...place.command()]);
  const opening = silent.open({ signal: abort.signal }).then(() => null, (error) => error);
  await until("it runs", () => familyOf(Deno.pid).some(({ name }) => name === "sleep"));
  abort.abort();
  assertEquals((await opening)?.name, "AbortError");
  await nothingRuns();
});
