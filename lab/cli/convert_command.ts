/** `lab convert`: a raw capture into a Perfetto trace. */

import { writeTrace } from "../capture/analyse.ts";
import { printable } from "../render/printable.ts";
import type { CommandLine } from "./parse.ts";
import { userPath } from "./paths.ts";
import { print } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Runs the command. @returns The exit code. */
export async function convertCommand(line: CommandLine, signal: AbortSignal): Promise<number> {
  const input = userPath(line.positionals[0]!).replace(/(?<=.)\/+$/, "");
  const output = line.value("output");
  if (output === undefined) throw new UsageError("Missing --output FILE: where the trace goes");
  if (!isCapture(input)) {
    throw new UsageError(
      `Cannot convert '${input}': it is no capture directory. ` +
        "Remedy: give the directory that 'lab run --experiment capture --raw DIR' wrote",
    );
  }
  const conversion = await writeTrace(input, userPath(output), signal);
  const { events, bytes, operations, sends, matched, losses, warnings } = conversion;
  if (line.has("json")) {
    print(
      `${
        JSON.stringify({ output, events, bytes, operations, sends, matched, losses, warnings })
      }\n`,
    );
    return 0;
  }
  print(
    `${printable(output)}: ${events} events, ${bytes} bytes, ${operations.written} operations, ` +
      `${matched} of ${sends} sends matched to their handler\n`,
  );
  for (const warning of warnings) print(`Warning: ${printable(warning)}\n`);
  return 0;
}

function isCapture(path: string): boolean {
  try {
    return Deno.statSync(`${path}/capture.json`).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
