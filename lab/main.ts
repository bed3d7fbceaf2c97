/** The lab's command line, run by the launcher with the permissions that it needs. */

import { BuildError } from "../ffi/build.ts";
import { ProtocolError } from "../ffi/frames.ts";
import { LibraryError } from "../ffi/library.ts";
import { RequestError, SessionError } from "../ffi/session.ts";
import { convertCommand } from "./cli/convert_command.ts";
import { doctorCommand } from "./cli/doctor_command.ts";
import { commandHelp, labHelp } from "./cli/help.ts";
import { hostsCommand } from "./cli/hosts_command.ts";
import { ExitCode } from "./cli/outcome.ts";
import { watchParent } from "./cli/parent_watch.ts";
import { type CommandLine, parseCommandLine } from "./cli/parse.ts";
import { queryCommand } from "./cli/query_command.ts";
import { runCommand } from "./cli/run_command.ts";
import { showCommand } from "./cli/show_command.ts";
import { print, say } from "./cli/terminal.ts";
import { traceCommand } from "./cli/trace_command.ts";
import { UsageError } from "./cli/usage_error.ts";
import { CaptureError } from "../traces/convert/capture_source.ts";
import { RingBufferError } from "../traces/ring_buffer/errors.ts";
import { EngineError, SqlError, TraceLoadError } from "../traces/trace_processor/errors.ts";
import { ReplyFormatError } from "./environment/reply.ts";
import { HostError } from "./hosts/host.ts";
import { PlanError } from "./plan/plan.ts";
import { printable } from "./render/printable.ts";
import { RunFormatError } from "./run_schema.ts";
import { StoreError } from "./store/store_error.ts";

/** Errors whose message is meant for the user; any other is a fault of fencelab and shows its stack. */
const EXPECTED = [
  UsageError,
  HostError,
  PlanError,
  StoreError,
  RunFormatError,
  BuildError,
  LibraryError,
  SessionError,
  RequestError,
  ProtocolError,
  ReplyFormatError,
  CaptureError,
  RingBufferError,
  EngineError,
  SqlError,
  TraceLoadError,
];

async function dispatch(line: CommandLine, signal: AbortSignal): Promise<number> {
  switch (line.command.name) {
    case "run":
      return await runCommand(line, signal);
    case "doctor":
      return await doctorCommand(line);
    case "hosts":
      return hostsCommand(line);
    case "trace":
      return await traceCommand(line, signal);
    case "query":
      return await queryCommand(line);
    case "convert":
      return await convertCommand(line, signal);
    case "show":
      return showCommand(line);
    default:
      throw new Error(`Command '${line.command.name}' is defined but not implemented`);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGTERM", interrupt);
  using _parent = watchParent(interrupt);
  try {
    if (args.length === 1 && ["--help", "-h", "help"].includes(args[0]!)) {
      print(labHelp());
      return ExitCode.done;
    }
    const line = parseCommandLine(args);
    if (line.help) {
      print(commandHelp(line.command));
      return ExitCode.done;
    }
    return await dispatch(line, abort.signal);
  } catch (error) {
    if (abort.signal.aborted) {
      say("Interrupted: nothing of this run is stored");
      return ExitCode.interrupted;
    }
    return report(error);
  }
}

function report(error: unknown): number {
  if (EXPECTED.some((kind) => error instanceof kind)) {
    say(`Error: ${messageOf(error as Error)}`);
  } else if (error instanceof Deno.errors.NotCapable) {
    say(
      `Error: ${
        printable(error.message)
      }. Remedy: name the path by an option, so that it is granted`,
    );
  } else {
    say(`Error: fencelab failed, which is a fault of its own:`);
    say(error instanceof Error ? error.stack ?? error.message : String(error));
  }
  return ExitCode.error;
}

/** Messages quote the user's input; line breaks are the compiler's. */
function messageOf(error: Error): string {
  return error.message.split("\n").map(printable).join("\n");
}

Deno.exit(await main(Deno.args));
