import { assertEquals } from "@std/assert";
import { findTools } from "./tools.ts";

/** Folders `first` and `second` with programs in them, removed at the end. */
async function withFolders(use: (folder: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fencelab-tools-" });
  try {
    await Deno.mkdir(`${folder}/first/folder`, { recursive: true });
    await Deno.mkdir(`${folder}/second`);
    await Deno.writeTextFile(`${folder}/first/notes`, "", { mode: 0o644 });
    await Deno.writeTextFile(`${folder}/second/notes`, "", { mode: 0o755 });
    await Deno.writeTextFile(`${folder}/first/gcc`, "", { mode: 0o755 });
    await Deno.writeTextFile(`${folder}/second/gcc`, "", { mode: 0o755 });
    await Deno.symlink(`${folder}/second/gcc`, `${folder}/second/cc`);
    await Deno.symlink(`${folder}/nowhere`, `${folder}/first/ssh`);
    use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("findTools() takes the first executable file, also through a link", async () => {
  await withFolders((folder) => {
    const path = `/nonexistent:${folder}/first/:${folder}/second`;
    assertEquals(findTools(["gcc", "cc", "notes", "folder", "ssh", "qemu"], path), {
      gcc: `${folder}/first/gcc`,
      cc: `${folder}/second/cc`,
      notes: `${folder}/second/notes`,
      folder: null,
      ssh: null,
      qemu: null,
    });
  });
});

Deno.test("findTools() passes over relative folders", async () => {
  await withFolders((folder) => {
    const up = "../".repeat(Deno.cwd().split("/").length);
    assertEquals(Deno.statSync(`${up}${folder}/first/gcc`).isFile, true);
    assertEquals(findTools(["gcc"], `:.:${up}${folder}/first`), { gcc: null });
  });
});

Deno.test({
  name: "findTools() does not take Deno's own refusal for a missing program",
  permissions: { read: false },
  fn(): void {
    let refusal: unknown;
    try {
      findTools(["gcc"], "/usr/bin");
    } catch (error) {
      refusal = error;
    }
    assertEquals(refusal instanceof Deno.errors.NotCapable, true);
  },
});
