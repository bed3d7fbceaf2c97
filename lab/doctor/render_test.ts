import { assert, assertEquals } from "@std/assert";
import { type Check, fine } from "./check.ts";
import { renderChecks } from "./render.ts";

const CHECKS: Check[] = [
  { id: "core", title: "C core", ...fine("/lab/build/libfencelab.so") },
  {
    id: "ssh",
    title: "ssh",
    state: "missing",
    detail: "not found",
    reason: "ssh is not in PATH",
    remedy: "apt-get install openssh-client",
  },
];

Deno.test("renderChecks() aligns findings, and gives reason and remedy below", () => {
  assertEquals(
    renderChecks(CHECKS, { color: false }),
    `ok       C core  /lab/build/libfencelab.so
missing  ssh     not found
         ssh is not in PATH
         Remedy: apt-get install openssh-client

1 ok, 0 limited, 1 missing
The local lab can run: deno task lab
`,
  );
});

Deno.test("renderChecks() says so when nothing can run", () => {
  const text = renderChecks(CHECKS.slice(1), { color: false });
  assert(text.endsWith("Nothing can run here until the C core works\n"));
});

Deno.test("renderChecks() colours states only if asked", () => {
  assert(!renderChecks(CHECKS, { color: false }).includes("\x1b"));
  assert(renderChecks(CHECKS, { color: true }).startsWith("\x1b[32mok     \x1b[0m  C core"));
});

Deno.test("renderChecks() neutralises control characters in everything it prints", () => {
  const hostile = "a\x1b[2Jb\r\nc";
  const check: Check = {
    id: "x",
    title: hostile,
    state: "limited",
    detail: hostile,
    reason: hostile,
    remedy: hostile,
  };
  const text = renderChecks([check], { color: false });
  assert(!text.includes("\x1b") && !text.includes("\r"));
  assertEquals(text.split("\n").length, 7);
});
