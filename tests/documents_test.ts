/** Documents hold together: links lead somewhere, and comments name documents that are there. */

import { assert, assertEquals } from "@std/assert";
import { renderMarkdown } from "../web/guide/markdown.ts";
import { filesBelow, project as root } from "./fixtures/source_tree.ts";

/** Folders with sources. */
const FOLDERS = ["ffi", "lab", "traces", "web", "tests"] as const;

const files = FOLDERS.flatMap(filesBelow);

const documents = [
  ...[...Deno.readDirSync(root)].map(({ name }) => name),
  ...files,
].filter((path) => path.endsWith(".md")).sort();

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, root));
}

/** What one document refers to, and the anchors that it has. */
interface Document {
  readonly references: readonly string[];
  readonly anchors: ReadonlySet<string>;
}

function documentOf(path: string): Document {
  const references: string[] = [];
  const { headings } = renderMarkdown(read(path), {
    link: (href) => (references.push(href), null),
    picture: (href) => (references.push(href), null),
  });
  return { references, anchors: new Set(headings.map(({ slug }) => slug)) };
}

Deno.test("links of documents lead to files and headings that are there", () => {
  const known = new Map(documents.map((path) => [path, documentOf(path)]));
  for (const path of ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"]) {
    assert(known.has(path), `${path} is missing`);
  }
  let checked = 0;
  const broken = [...known].flatMap(([path, { references }]) =>
    references.filter((href) => {
      if (/^https?:/.test(href)) return false;
      checked++;
      const { pathname, hash } = new URL(href, new URL(path, root));
      const target = pathname.slice(root.pathname.length);
      const there = known.get(target);
      if (there === undefined) return hash !== "" || !exists(target);
      return hash !== "" && !there.anchors.has(decodeURIComponent(hash.slice(1)));
    }).map((href) => `${path}: ${href}`)
  );
  assertEquals(broken, []);
  assert(checked > 50, `only ${checked} links were found`);
});

function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, root));
    return true;
  } catch {
    return false;
  }
}

const GUIDING = documents.filter((path) => path !== "CHANGELOG.md");

Deno.test("paths that documents for users and contributors name are there", () => {
  const named = GUIDING.flatMap((path) =>
    [...read(path).matchAll(/`((?:ffi|lab|traces|web|tests|\.ci)\/[\w./-]*)`/g)]
      .map(([, target]) => ({ path, target: target! }))
      .filter(({ target }) => !target.includes("NAME"))
  );
  assertEquals(named.filter(({ target }) => !exists(target)), []);
  assert(named.length > 10, `only ${named.length} paths were found`);
});

/** Comments of a source: of TypeScript, C, CSS and SQL. */
function commentsOf(path: string): string {
  const comment = path.endsWith(".sql") ? /--.*$/gm : /\/\*[\s\S]*?\*\/|(?<![:"'`\w])\/\/.*$/gm;
  return [...read(path).matchAll(comment)].map(([text]) => text).join("\n");
}

Deno.test("comments name no document that is not in the repository", () => {
  const names = new Set(documents.flatMap((path) => [path, path.slice(path.lastIndexOf("/") + 1)]));
  const sources = files.filter((path) => /\.(?:tsx?|[ch]|css|sql|js)$/.test(path));
  const dangling = sources.flatMap((path) =>
    [...commentsOf(path).matchAll(/(?<![\w/.*-])[\w./-]*\w\.md\b/g)]
      .filter(([name]) => !names.has(name.replace(/^(?:\.\.?\/)+/, "")))
      .map(([name]) => `${path}: ${name}`)
  );
  assertEquals(dangling, []);
  assert(sources.length > 500, `only ${sources.length} sources were found`);
});
