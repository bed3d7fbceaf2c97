import { assert } from "@std/assert";
import { filesBelow, project } from "./fixtures/source_tree.ts";

/**
 * Folders of ffi/core from the ground up; "" is ffi/core itself, "*" are all that have no name here:
 * experiments. Each includes itself and what is below, so no experiment includes another.
 */
const FOLDERS = [
  "arch",
  "protocol",
  "kit",
  "technique",
  "",
  "conformance",
  "environment",
  "*",
  "session",
];

function heightOf(folder: string): number {
  return FOLDERS.indexOf(FOLDERS.includes(folder) ? folder : "*");
}

/** C files below ffi/core by their path, without comments. */
const files = new Map(
  filesBelow("ffi/core").filter((path) => /\.[ch]$/.test(path)).map((path) => {
    const text = Deno.readTextFileSync(new URL(path, project));
    return [path.slice("ffi/core/".length), text.replace(/\/\*[^]*?\*\//g, "")];
  }),
);

function includesOf(path: string): string[] {
  return [...files.get(path)!.matchAll(/^#include "(.*)"$/gm)].map(([, name]) => name!);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Which file defines each function and table that others may use. */
function definitions(): Map<string, string> {
  const found = new Map<string, string>();
  const outer = /^(?!static |extern |typedef )[a-z][\w *]*?\b(\w+)(?:(?:\[\])? =|\([^;{]*\)\n\{)/gm;
  for (const [path, text] of files) {
    if (!path.endsWith(".c")) continue;
    for (const [, name] of text.matchAll(outer)) found.set(name!, path);
  }
  return found;
}

/** What each file includes, and whose functions each .c file uses. */
function arrows(): Map<string, Set<string>> {
  const definedIn = definitions();
  assert(definedIn.size > 200, `only ${definedIn.size} definitions were found`);
  return new Map([...files].map(([path, text]) => {
    const used = new Set(path.endsWith(".c") ? text.match(/\w+/g) : []);
    const targets = [...used].flatMap((word) => definedIn.get(word) ?? []);
    return [path, new Set([...includesOf(path), ...targets].filter((target) => target !== path))];
  }));
}

/** A way along arrows that ends where it began; empty if there is none. */
function circle(from: Map<string, Set<string>>): string[] {
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): string[] => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const target of from.get(path) ?? []) {
      const found = walk(target, [...way, path]);
      if (found.length > 0) return found;
    }
    done.add(path);
    return [];
  };
  for (const path of from.keys()) {
    const found = walk(path, []);
    if (found.length > 0) return found;
  }
  return [];
}

Deno.test("folders of the core include only what is below them", () => {
  for (const path of files.keys()) {
    for (const included of includesOf(path)) {
      assert(files.has(included), `${path} includes "${included}", which ffi/core has not`);
      const [from, to] = [folderOf(path), folderOf(included)];
      const fine = from === to || heightOf(to) < heightOf(from);
      assert(fine, `${path} includes ${included}, which is not below it`);
    }
  }
});

Deno.test("no files of the core include or call each other in a circle", () => {
  const found = circle(arrows());
  assert(found.length === 0, found.join(" -> "));
});
