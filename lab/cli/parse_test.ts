import { assertEquals, assertThrows } from "@std/assert";

import { commands } from "./definitions.ts";
import { commandHelp, labHelp } from "./help.ts";
import { parseCommandLine } from "./parse.ts";
import { UsageError } from "./usage_error.ts";

Deno.test("parseCommandLine() takes run as the command when none is named", () => {
  assertEquals(parseCommandLine([]).command.name, "run");
  assertEquals(parseCommandLine(["--json"]).command.name, "run");
  assertEquals(parseCommandLine(["doctor"]).command.name, "doctor");
});

Deno.test("parseCommandLine() gives switches, values and repeated values", () => {
  const line = parseCommandLine(["run", "--json", "--host=a", "--host", "b", "--seconds", "0.5"]);
  assertEquals([line.has("json"), line.has("dry-run"), line.help], [true, false, false]);
  assertEquals([line.values("host"), line.value("seconds")], [["a", "b"], "0.5"]);
  assertEquals([line.value("out"), line.values("technique")], [undefined, []]);
});

Deno.test("parseCommandLine() keeps values as they are, numbers and ids alike", () => {
  assertEquals(parseCommandLine(["show", "20261121"]).positionals, ["20261121"]);
  assertEquals(parseCommandLine(["run", "--out", "007"]).value("out"), "007");
});

Deno.test("parseCommandLine() knows short spellings", () => {
  const line = parseCommandLine(["convert", "in", "-o", "out.pftrace"]);
  assertEquals([line.value("output"), line.positionals, line.help], ["out.pftrace", ["in"], false]);
  assertEquals(parseCommandLine(["doctor", "-h"]).help, true);
});

Deno.test("parseCommandLine() leaves alone what stands after --", () => {
  const line = parseCommandLine(["trace", "--seconds", "2", "--", "ls", "--json", "--", "-x"]);
  assertEquals(line.rest, ["ls", "--json", "--", "-x"]);
  assertEquals([line.has("json"), line.value("seconds")], [false, "2"]);
});

const faults: [string[], string][] = [
  [["rnu"], "did you mean 'run'"],
  [["run", "--jsno"], "did you mean '--json'"],
  [["run", "-x"], "Unknown option '-x'"],
  [["run", "--out"], "lacks its value DIR"],
  [["run", "--out", "a", "--out", "b"], "2 times"],
  [["run", "--dry-run=no"], "takes no value"],
  [["show", "a", "b"], "Unexpected argument 'b'"],
  [["doctor", "x"], "Unexpected argument 'x'"],
  [["doctor", "--", "x"], "takes nothing after '--'"],
];

for (const [args, message] of faults) {
  Deno.test(`parseCommandLine() refuses ${args.join(" ")}`, () => {
    assertThrows(() => parseCommandLine(args), UsageError, message);
  });
}

Deno.test("help names every command, option and example, and examples parse", () => {
  for (const command of commands) {
    const help = commandHelp(command);
    assertEquals(labHelp().includes(`  ${command.name}`), true);
    for (const { name } of command.options) assertEquals(help.includes(`--${name}`), true, name);
    assertEquals(command.options.some(({ name }) => name === "json"), true, command.name);
    for (const example of command.examples) {
      // As a shell splits it: what is in double quotes is one word
      const words = [...example.matchAll(/"([^"]*)"|(\S+)/g)].map(([, a, b]) => a ?? b!).slice(3);
      assertEquals(parseCommandLine(words).command.name, command.name, example);
    }
  }
});
