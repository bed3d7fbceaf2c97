import { assert, assertEquals } from "@std/assert";

const root = new URL("../", import.meta.url);

/** What each folder may import from (ARCHITECTURE.md, "The house"): arrows point one way only. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  ffi: [],
  traces: [],
  lab: ["ffi", "traces"],
  web: ["lab", "traces"],
};

function sources(folder: string): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(new URL(`${folder}/`, root))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...sources(path));
    else if (/\.tsx?$/.test(entry.name)) found.push(path);
  }
  return found;
}

/** Folders at the top that a source imports from; "" for a file at the top itself. */
function foldersImportedBy(path: string): string[] {
  const text = Deno.readTextFileSync(new URL(path, root));
  const specifiers = [...text.matchAll(/^(?:import|export)\b[^"']*?["'](\.[^"']+)["']/gms)];
  return specifiers.map(([, specifier]) => {
    const target = new URL(specifier!, new URL(path, root)).pathname.slice(root.pathname.length);
    return target.includes("/") ? target.split("/")[0]! : "";
  });
}

Deno.test("imports between folders point one way only", () => {
  let checked = 0;
  for (const [folder, allowed] of Object.entries(mayImport)) {
    for (const path of sources(folder)) {
      for (const imported of foldersImportedBy(path)) {
        const fine = imported === folder || allowed.includes(imported) || imported === "";
        assert(fine, `${path} imports from ${imported}/`);
        checked++;
      }
    }
  }
  assert(checked > 100, `only ${checked} imports were found`);
});

Deno.test("files at the top that folders import are deno.json alone", () => {
  for (const folder of ["ffi", "traces", "lab", "web"]) {
    for (const path of sources(folder)) {
      const text = Deno.readTextFileSync(new URL(path, root));
      for (const [, specifier] of text.matchAll(/from\s+"((?:\.\.\/)+[\w.]+)"/g)) {
        const target = new URL(specifier!, new URL(path, root)).pathname;
        if (new URL(".", `file://${target}`).pathname !== root.pathname) continue;
        assertEquals(target, new URL("deno.json", root).pathname, path);
      }
    }
  }
});
