import { assertEquals, assertStringIncludes } from "@std/assert";
import { sampleRun } from "../testdata/sample_run.ts";
import { renderWarnings } from "./warnings.ts";

const WARNINGS = [
  { code: "W004", message: "No real-time priority here", remedy: "raise it", invalidates: false },
  { code: "W012", message: "Too many\x1b[2J dropped", remedy: "stop\nload", invalidates: true },
];

Deno.test("renderWarnings() puts what invalidates first, with code, message and remedy", () => {
  const run = sampleRun({ warnings: WARNINGS });
  assertEquals(
    renderWarnings(run, { color: false, width: 30 }),
    [
      "Warnings",
      "  W012  INVALIDATES Too",
      "        many\\x1b[2J dropped",
      "        Remedy: stop\\x0aload",
      "  W004  No real-time priority",
      "        here",
      "        Remedy: raise it",
    ].join("\n"),
  );
});

Deno.test("renderWarnings() paints only what it adds", () => {
  const text = renderWarnings(sampleRun({ warnings: WARNINGS }), { color: true, width: 80 });
  assertStringIncludes(text, "\x1b[1;31mINVALIDATES \x1b[0mToo many\\x1b[2J dropped");
});

Deno.test("renderWarnings() says that there are none", () => {
  assertEquals(renderWarnings(sampleRun(), { color: false, width: 80 }), "No warnings");
});
