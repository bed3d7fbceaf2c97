import { assert, assertEquals } from "@std/assert";

import { labCommand } from "../fixtures/lab_process.ts";
import { alive, familyOf, type Process, until } from "../fixtures/processes.ts";

const args = [
  "run",
  "--experiment",
  "cost",
  "--technique",
  "membarrier-private-expedited",
  "--seconds",
  "30",
];

/** Starts a long run and waits until its worker measures. */
async function startRun(out: string): Promise<{ child: Deno.ChildProcess; family: Process[] }> {
  const child = labCommand([...args, "--out", out]).spawn();
  let family: Process[] = [];
  await until("a worker measures", () => {
    family = familyOf(child.pid);
    return family.some((one) => one.name === "fencelab-worker");
  });
  return { child, family };
}

/** Waits until the whole family is gone; the store must be as it was before. */
async function assertNothingLeft(family: readonly Process[], out: string): Promise<void> {
  await until("every process is gone", () => !family.some(alive));
  const left = [...Deno.readDirSync(out)].map(({ name }) => name);
  assertEquals(left, []);
}

async function drain(child: Deno.ChildProcess): Promise<void> {
  await Promise.all([child.stdout.cancel(), child.stderr.cancel(), child.status]);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} ends a run with nothing stored and nothing left`, async () => {
    const out = await Deno.makeTempDir();
    try {
      const { child, family } = await startRun(out);
      // A terminal's Ctrl-C reaches the whole foreground group; SIGTERM its leader alone
      const deno = family.filter((one) => one.name.startsWith("deno"));
      for (const { pid } of signal === "SIGINT" ? deno : [family[0]!]) Deno.kill(pid, signal);
      const { code, stderr } = await child.output();
      assertEquals(code, 130);
      assert(new TextDecoder().decode(stderr).includes("nothing of this run is stored"));
      await assertNothingLeft(family, out);
    } finally {
      await Deno.remove(out, { recursive: true });
    }
  });
}

Deno.test("SIGKILL of the launcher leaves nothing running", async () => {
  const out = await Deno.makeTempDir();
  try {
    const { child, family } = await startRun(out);
    Deno.kill(child.pid, "SIGKILL");
    await drain(child);
    await assertNothingLeft(family, out);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("SIGKILL of the lab leaves nothing running", async () => {
  const out = await Deno.makeTempDir();
  try {
    const { child, family } = await startRun(out);
    const controller = family.find((one) =>
      one.parent === child.pid && one.name.startsWith("deno")
    );
    Deno.kill(controller!.pid, "SIGKILL");
    await drain(child);
    await assertNothingLeft(family, out);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});
