import { assert, assertEquals } from "@std/assert";
import { Scratch } from "./scratch.ts";

async function inTemporary(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "fencelab-scratch-" });
  try {
    await work(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function namesIn(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name);
}

Deno.test("Scratch is there while it is used and gone afterwards", async () => {
  await inTemporary(async (dir) => {
    {
      await using scratch = await Scratch.open(`${dir}/store`);
      Deno.writeTextFileSync(`${scratch.path}/pages`, "x");
      assert(namesIn(`${dir}/store`).length === 1);
    }
    assertEquals(namesIn(`${dir}/store`), []);
  });
});

Deno.test("Scratch.open() removes what a killed process left, and nothing else", async () => {
  await inTemporary(async (dir) => {
    Deno.mkdirSync(`${dir}/.scratch-1/raw`, { recursive: true });
    Deno.mkdirSync(`${dir}/.scratch-notes`);
    // Another process that lives and holds its own
    const holder = new Deno.Command("flock", {
      args: [dir + "/.scratch-2", "sleep", "30"],
      stdin: "null",
    });
    Deno.mkdirSync(`${dir}/.scratch-2`);
    const child = holder.spawn();
    try {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await using scratch = await Scratch.open(dir);
      const mine = scratch.path.slice(dir.length + 1);
      assertEquals(namesIn(dir).sort(), [".scratch-2", ".scratch-notes", mine].sort());
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
  });
});
