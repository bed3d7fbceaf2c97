import { assert, assertEquals } from "@std/assert";
import { filesBelow, project as root } from "./fixtures/source_tree.ts";

/**
 * Folders from the ground up: files import from their own folder and from those before it, types
 * included. "." stands for the files beside the folders.
 */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  ".": ["ffi", "traces", "lab", "web"],
  lab: [
    ...[
      "text",
      "format",
      "statistics",
      "environment",
      "document",
      "places",
      "request",
      "judgement",
    ],
    ...["experiments", "warnings", "store", "hosts", "plan", "compare", "ladders", "report"],
    ...["show", "live", "program", "doctor", "cli", "."],
  ],
  web: [
    ...[
      "styles",
      "guide",
      "base",
      "sql",
      "islands",
      "live",
      "runs",
      "engine",
      "traces",
      "perfetto",
    ],
    ...["server", "context", "components", "downloads", "uploads", "api", "pages", "app", "."],
  ],
  traces: [
    ...["protobuf", "tar", "ring_buffer", "perfetto", "trace_processor", "sql", "analysis"],
    ...["index", "convert", "trace_dat", "."],
  ],
};

/** What one top folder may not use of another although it stands above it. */
const FORBIDDEN: readonly (readonly [from: string, to: string])[] = [
  ["web", "ffi"],
  ["traces", "ffi"],
];

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Sources of a folder; tests, and what they are given, may import from everywhere. */
function sources(folder: string): string[] {
  return filesBelow(folder).filter((path) =>
    /\.tsx?$/.test(path) && !path.endsWith("_test.ts") && !path.includes("/testdata/")
  );
}

/** Paths that a source imports, types, workers and files beside it included. */
function importedBy(path: string, text: string): string[] {
  const specifiers = [
    ...text.matchAll(/^(?:import|export)\s(?:[^"'`;]*\sfrom\s)?\s*["'](\.[^"']+)["']/gm),
    ...text.matchAll(/\bimport\(\s*["'](\.[^"']+)["']/g),
  ];
  return specifiers.map(([, specifier]) =>
    new URL(specifier!, new URL(path, root)).pathname.slice(root.pathname.length)
  );
}

/** All imports between sources of the project. */
function imports(): Import[] {
  const all = FLOORS["."]!.flatMap((folder) =>
    sources(folder).flatMap((from) =>
      importedBy(from, Deno.readTextFileSync(new URL(from, root))).map((to) => ({ from, to }))
    )
  );
  assert(all.length > 1000, `only ${all.length} imports were found`);
  return all;
}

/** Imports that climb, or that go where they must not. */
function climbing(all: readonly Import[], floors = FLOORS): string[] {
  return all.filter(({ from, to }) => {
    const [top, other] = [from, to].map((path) => path.split("/")[0]!);
    if (top !== other) {
      const order = floors["."]!;
      const fine = order.indexOf(other!) >= 0 && order.indexOf(other!) < order.indexOf(top!);
      const forbidden = FORBIDDEN.some(([one, two]) => one === top && two === other);
      return to !== "deno.json" && (!fine || forbidden);
    }
    const order = floors[top!];
    if (order === undefined) return false;
    const [own, its] = [from, to].map((path) => {
      const parts = path.split("/");
      return order.indexOf(parts.length > 2 ? parts[1]! : ".");
    });
    return own! < 0 || its! < 0 || its! > own!;
  }).map(({ from, to }) => `${from} imports ${to}`);
}

/** Files that import each other in a circle: the first that is found. */
function circle(all: readonly Import[]): string[] {
  const next = Map.groupBy(all, ({ from }) => from);
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const { to } of next.get(file) ?? []) {
      const found = visit(to, [...path, file]);
      if (found.length > 0) return found;
    }
    done.add(file);
    return [];
  };
  for (const file of next.keys()) {
    const found = visit(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

Deno.test("imports go down the floors of the house", () => {
  assertEquals(climbing(imports()), []);
});

Deno.test("no files import each other in a circle", () => {
  assertEquals(circle(imports()), []);
});

Deno.test("every folder has a floor, and every floor is a folder", () => {
  for (const [top, floors] of Object.entries(FLOORS)) {
    if (top === ".") continue;
    const folders = [...Deno.readDirSync(new URL(`${top}/`, root))]
      .filter(({ name, isDirectory }) => isDirectory && !name.startsWith("testdata"))
      .map(({ name }) => name);
    assertEquals(new Set(floors), new Set([...folders, "."]), top);
  }
});

Deno.test("the checks see a step up, a way that is closed, and a circle", () => {
  const up = { from: "lab/text/a.ts", to: "lab/cli/b.ts" };
  const closed = { from: "web/api/a.ts", to: "ffi/session.ts" };
  const fine = { from: "lab/cli/b.ts", to: "lab/text/a.ts" };
  assertEquals(climbing([up, closed, fine]).length, 2);
  assertEquals(circle([up, fine]), ["lab/text/a.ts", "lab/cli/b.ts", "lab/text/a.ts"]);
  assertEquals(circle([fine]), []);
  assertEquals(
    importedBy("lab/a.ts", 'import type { X } from "./b.ts";\nexport * from "../c.ts";'),
    [
      "lab/b.ts",
      "c.ts",
    ],
  );
});
