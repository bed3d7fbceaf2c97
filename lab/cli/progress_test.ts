import { assert, assertEquals } from "@std/assert";
import { ProgressLine, renderProgress } from "./progress.ts";

/** What a ProgressLine writes for updates that are ten seconds apart. */
function written(tty: boolean, fractions: number[], label = "cost"): string[] {
  const output: string[] = [];
  let clock = 0;
  const write = (text: string): void => void output.push(text);
  const line = new ProgressLine({ write, tty, width: 30, now: () => clock });
  for (const fraction of fractions) {
    clock += 10_000;
    line.update(fraction, label);
  }
  line.finish();
  return output;
}

Deno.test("renderProgress() estimates the time that remains", () => {
  assertEquals(
    renderProgress({ fraction: 0.25, elapsed: 30, label: "cost" }),
    " 25 %  0:30 elapsed, 1:30 left  cost",
  );
  assertEquals(
    renderProgress({ fraction: 0.5, elapsed: 3725, label: "cost" }),
    " 50 %  1:02:05 elapsed, 1:02:05 left  cost",
  );
});

Deno.test("renderProgress() makes no estimate from next to nothing", () => {
  assertEquals(
    renderProgress({ fraction: 0, elapsed: 3, label: "a\x1bb" }),
    "  0 %  0:03 elapsed  a\\x1bb",
  );
});

Deno.test("ProgressLine rewrites one line of a terminal and takes it away at the end", () => {
  const lines = written(true, [0.1, 0.11], "a label longer than the line");
  assertEquals(lines.length, 3);
  for (const line of lines) assert(line.startsWith("\r") && line.endsWith("\x1b[K"));
  assertEquals(lines[0], "\r 10 %  0:10 elapsed, 1:30 lef\x1b[K");
  assertEquals(lines[2], "\r\x1b[K");
});

Deno.test("ProgressLine keeps a notice above the line", () => {
  for (const tty of [true, false]) {
    const lines: string[] = [];
    const line = new ProgressLine({ write: (text) => lines.push(text), tty, width: 30 });
    line.update(0.5, "booting");
    line.notice("an older kernel\x1b was taken");
    line.update(0.6, "booting");
    assertEquals(
      lines.slice(1, -1).join(""),
      `${tty ? "\r\x1b[K" : ""}an older kernel\\x1b was taken\n`,
    );
  }
});

Deno.test("ProgressLine writes a line for every tenth into a pipe, without escapes", () => {
  const lines = written(false, [0, 0.01, 0.09, 0.1, 0.19, 0.35, 1, 1]);
  assertEquals(lines.map((line) => line.slice(0, 5)), ["  0 %", " 10 %", " 35 %", "100 %"]);
  // deno-lint-ignore no-control-regex -- exactly one line break, at the end
  for (const line of lines) assert(/^[^\x00-\x1f]*\n$/.test(line));
});

Deno.test("ProgressLine holds fractions within bounds", () => {
  assertEquals(written(false, [NaN]).map((line) => line.slice(0, 5)), ["  0 %"]);
  assertEquals(written(false, [-1, 7]).map((line) => line.slice(0, 5)), ["  0 %", "100 %"]);
});
