import { assertEquals } from "@std/assert";

import { FrameReader, FrameType } from "../../ffi/frames.ts";
import { Session } from "../../ffi/session.ts";
import { openCommandChannel } from "../../lab/hosts/command_channel.ts";
import { flavourIds } from "../../lab/experiments/rcu/flavours.ts";
import { CObjects } from "../fixtures/c_objects.ts";
import { cpus, hasProgram, needs } from "../fixtures/needs.ts";
import { filesBelow, project } from "../fixtures/source_tree.ts";

function cFiles(folder: string): string[] {
  return filesBelow(folder).filter((path) => path.endsWith(".c"))
    .map((path) => project.pathname + path);
}

const agentSources = [
  `${project.pathname}ffi/agent.c`,
  ...cFiles("ffi/core").filter((file) => !file.endsWith("/door.c")),
];
const undefinedAndAddress = new CObjects(["-fsanitize=address,undefined"]);
const thread = new CObjects(["-fsanitize=thread"]);
addEventListener("unload", () => {
  for (const objects of [undefinedAndAddress, thread]) objects[Symbol.dispose]();
});

/** Runs tests/core/core_test.c, built with sanitizers. */
async function runUnitTests(...args: string[]): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const program = `${directory}/core_test`;
    const sources = [...cFiles("tests/core"), ...cFiles("ffi/core")];
    await undefinedAndAddress.link(program, sources);
    const { code, stderr } = await new Deno.Command(program, { args }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test({
  ...needs("the core's unit tests pass under address and undefined-behaviour sanitizers", {
    gcc: hasProgram("gcc"),
  }),
  fn: () => runUnitTests(),
});

Deno.test({
  ...needs("the core's unit tests of disturbance pass under sanitizers", {
    gcc: hasProgram("gcc"),
    "two CPUs": cpus >= 2,
  }),
  fn: () => runUnitTests("disturbance"),
});

/** Every arrangement of the ordering experiment, briefly. */
async function exerciseOrdering(session: Session): Promise<void> {
  const sides = { "caller-cpu": 0, "sibling-cpu": 1, iterations: 50, "budget-ms": 150 };
  const some = { technique: "membarrier-private-expedited", ...sides };
  await session.request("ordering", some);
  await session.request("ordering", { ...some, light: some.technique });
  await session.request("ordering", { ...some, technique: "mutant-early" });
  await session.request("ordering", { ...some, technique: "membarrier-global-expedited" });
  for (const relation of ["process", "process-registered"]) {
    await session.request("ordering", { ...some, relation });
  }
  for (const habit of ["sleep", "switch", "exit"]) {
    await session.request("ordering", { ...some, habit });
  }
  await session.request("ordering", { ...some, shape: "mp" });
}

/** Every kind of victim, briefly. */
async function exerciseDisturbance(session: Session): Promise<void> {
  const some = { "caller-cpus": 0, "victim-cpu": 1, "budget-ms": 100, occupied: 1 };
  for (const work of ["wakes", "runs", "sleeps", "calls"]) {
    for (const victim of ["same-process", "other-process", "other-process-registered"]) {
      const technique = victim === "same-process" ? "signal" : "membarrier-global-expedited";
      await session.request("disturbance", { ...some, technique, work, victim });
    }
  }
}

/** Runs every kind of request on an agent; a sanitizer's finding kills the worker, which is an error. */
async function exerciseAgent(program: string): Promise<void> {
  const sibling = cpus > 1 ? [1] : [];
  await using session = await Session.open(openCommandChannel("the sanitized agent", [program]));
  const probe = await session.request("probe");
  const ids = (probe[0]!.result["techniques"] as { id: string }[]).map(({ id }) => id);
  await session.request("environment");
  await session.request("conformance", { helper: program });
  await session.request("registration", { technique: "membarrier-sync-core" });
  if (sibling.length > 0) {
    const files = { onFile: (): void => {} };
    const traced = { techniques: ids.join(","), "sibling-cpus": sibling, ops: 20 };
    await session.request("capture", traced, files);
    await session.request("trace", { command: "sleep 0.1" }, files);
    await session.request("shapes", { cpus: [0, 1], iterations: 1000, "budget-ms": 500 });
    for (const order of ["code-first", "publish-first"]) {
      const threads = { "caller-cpu": 0, "sibling-cpu": 1 };
      const some = { ...threads, order, modifications: 100, "budget-ms": 500 };
      await session.request("core-sync", { technique: "membarrier-sync-core", ...some });
    }
    for (const technique of ["membarrier-rseq-cpu", "signal", "affinity-walk"]) {
      const threads = { "caller-cpu": 0, "sibling-cpus": sibling };
      await session.request("rseq", { technique, ...threads, calls: 100, "budget-ms": 300 });
    }
    await exerciseOrdering(session);
    await exerciseDisturbance(session);
  }
  for (const flavour of flavourIds) {
    const threads = {
      readers: 2,
      writers: 2,
      "reader-cpus": sibling.concat(0),
      "writer-cpus": [0],
    };
    const short = { flavour, ...threads, "budget-ms": 30 };
    await session.request("rcu", short);
    await session.request("rcu", { ...short, mode: "torture" });
  }
  for (const technique of ids) {
    const crew = { "caller-cpus": [0], "sibling-cpus": sibling };
    const some = { technique, ...crew, samples: 50, "budget-ms": 40 };
    await session.request("cost", some);
    await session.request("cost", { ...some, count: "proc", priority: "none" });
    if (cpus > 1) {
      await session.request("cost", { ...some, "caller-cpus": [0, 1], "sibling-cpus": "" });
    }
  }
}

Deno.test({
  ...needs("an agent with address and undefined-behaviour sanitizers finds nothing", {
    gcc: hasProgram("gcc"),
  }),
  async fn(): Promise<void> {
    const directory = await Deno.makeTempDir();
    try {
      await undefinedAndAddress.link(`${directory}/agent`, agentSources);
      await exerciseAgent(`${directory}/agent`);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test({
  ...needs("an agent with the thread sanitizer finds no data race", { gcc: hasProgram("gcc") }),
  async fn(): Promise<void> {
    const directory = await Deno.makeTempDir();
    try {
      await thread.link(`${directory}/agent`, agentSources);
      await using session = await Session.open(
        openCommandChannel("the race-checked agent", [`${directory}/agent`]),
      );
      for (const technique of ["none", "membarrier-private-expedited", "munmap", "signal"]) {
        for (const siblings of cpus > 1 ? [[], [1]] : [[]]) {
          await session.request("cost", {
            technique,
            "caller-cpus": siblings.length === 0 && cpus > 1 ? [0, 1] : [0],
            "sibling-cpus": siblings,
            samples: 200,
            "budget-ms": 500,
          });
        }
      }
      const rcu = { readers: 1, writers: 2, "reader-cpus": [cpus - 1], "writer-cpus": [0] };
      for (const flavour of ["mb", "signal", "membarrier", "qsbr"]) {
        await session.request("rcu", { flavour, ...rcu, "budget-ms": 200 });
      }
      if (cpus > 1) await exerciseDisturbance(session);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

/** Cross-built agents run here by emulation of their instructions: protocol and parsing, no results. */
for (
  const [arch, emulator] of [["aarch64", "qemu-aarch64"], ["ppc64le", "qemu-ppc64le"]] as const
) {
  const compiler = arch === "aarch64" ? "aarch64-linux-gnu-gcc" : "powerpc64le-linux-gnu-gcc";
  Deno.test({
    ...needs(`the ${arch} agent speaks the protocol`, {
      [compiler]: hasProgram(compiler),
      [emulator]: hasProgram(emulator),
    }),
    async fn(): Promise<void> {
      const { ensureBuild } = await import("../../ffi/build.ts");
      const { agent, id } = await ensureBuild(arch);
      await using session = await Session.open(
        openCommandChannel(`the ${arch} agent`, [emulator, agent]),
      );
      assertEquals([session.hello.arch, session.hello.build], [arch, id]);
      const [reply] = await session.request("conformance", { helper: agent });
      const cases = reply!.result["cases"] as { name: string; pass: boolean; skipped: boolean }[];
      // membarrier goes to this machine's kernel, so its documented answers must come back
      assertEquals(cases.filter((one) => !one.pass && !one.skipped), []);
      const passed = cases.filter((one) => one.pass).length;
      assertEquals(passed > 40, true, `only ${passed} cases passed`);
    },
  });
}

Deno.test("the agent's frames are little-endian with their length, whatever the machine", async () => {
  const { build } = await import("../fixtures/doors.ts");
  const { stdout } = await new Deno.Command(build.agent, { stdin: "null" }).output();
  const frames = new FrameReader().push(stdout);
  assertEquals(frames.map(({ type }) => type), [FrameType.hello]);
});
