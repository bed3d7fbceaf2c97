/** `lab convert`: a raw capture, or a trace.dat of trace-cmd, into a Perfetto trace. */

import type { Conversion } from "../../traces/convert/conversion.ts";
import type { RandomAccess } from "../../traces/trace_dat/random_access.ts";
import { traceDatSource } from "../../traces/trace_dat/trace_dat.ts";
import { writeTrace } from "../experiments/capture/analyse.ts";
import { directorySource } from "../experiments/capture/capture_directory.ts";
import { indexBeside } from "../experiments/capture/trace_names.ts";
import { printable } from "../text/printable.ts";
import type { CommandLine } from "./parse.ts";
import { userPath } from "./paths.ts";
import { print } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Runs the command. @returns The exit code. */
export async function convertCommand(line: CommandLine, signal: AbortSignal): Promise<number> {
  const input = userPath(line.positionals[0]!).replace(/(?<=.)\/+$/, "");
  const output = line.value("output");
  if (output === undefined) throw new UsageError("Missing --output FILE: where the trace goes");
  const conversion = await convert(input, userPath(output), signal);
  const { events, bytes, operations, sends, matched, losses, warnings } = conversion;
  if (line.has("json")) {
    const counts = { events, bytes, operations, sends, matched, losses, warnings };
    print(`${JSON.stringify({ output, index: indexBeside(output), ...counts })}\n`);
    return 0;
  }
  print(
    `${printable(output)}: ${events} events, ${bytes} bytes, ${operations.written} operations, ` +
      `${matched} of ${sends} sends matched to their handler\n`,
  );
  for (const warning of warnings) print(`Warning: ${printable(warning)}\n`);
  return 0;
}

async function convert(input: string, output: string, signal: AbortSignal): Promise<Conversion> {
  if (isFile(`${input}/capture.json`)) {
    return await writeTrace(directorySource(input), output, signal);
  }
  if (!isFile(input)) {
    throw new UsageError(
      `Cannot convert '${input}': it is neither a capture directory nor a trace.dat. ` +
        "Remedy: give the directory that 'lab run --experiment capture --raw DIR' wrote",
    );
  }
  using file = await Deno.open(input);
  return await writeTrace(await traceDatSource(randomAccess(file)), output, signal);
}

/** A file that is read here and there. */
function randomAccess(file: Deno.FsFile): RandomAccess {
  return {
    size: file.statSync().size,
    async read(offset: number, length: number): Promise<Uint8Array> {
      const bytes = new Uint8Array(length);
      await file.seek(offset, Deno.SeekMode.Start);
      let have = 0;
      while (have < length) {
        const n = await file.read(bytes.subarray(have));
        if (n === null) break;
        have += n;
      }
      return bytes.subarray(0, have);
    },
  };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
