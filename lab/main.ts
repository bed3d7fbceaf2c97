/** The lab's command line, run by the launcher with the permissions that it needs. */

import { compareCommand } from "./cli/compare_command.ts";
import { convertCommand } from "./cli/convert_command.ts";
import { doctorCommand } from "./cli/doctor_command.ts";
import { commandHelp, labHelp } from "./cli/help.ts";
import { hostsCommand } from "./cli/hosts_command.ts";
import { describeError } from "./cli/expected_errors.ts";
import { adviseCommand, laddersCommand } from "./cli/ladder_commands.ts";
import { ExitCode } from "./cli/outcome.ts";
import { watchParent } from "./cli/parent_watch.ts";
import { type CommandLine, parseCommandLine } from "./cli/parse.ts";
import { queryCommand } from "./cli/query_command.ts";
import { reportCommand } from "./cli/report_command.ts";
import { runCommand } from "./cli/run_command.ts";
import { showCommand } from "./cli/show_command.ts";
import { print, say } from "./cli/terminal.ts";
import { traceCommand } from "./cli/trace_command.ts";

async function dispatch(line: CommandLine, signal: AbortSignal): Promise<number> {
  switch (line.command.name) {
    case "run":
      return await runCommand(line, signal);
    case "doctor":
      return await doctorCommand(line);
    case "hosts":
      return await hostsCommand(line, signal);
    case "trace":
      return await traceCommand(line, signal);
    case "query":
      return await queryCommand(line);
    case "convert":
      return await convertCommand(line, signal);
    case "compare":
      return compareCommand(line);
    case "report":
      return reportCommand(line);
    case "ladders":
      return laddersCommand(line);
    case "advise":
      return await adviseCommand(line);
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
    say(`Error: ${describeError(error)}`);
    return ExitCode.error;
  }
}

Deno.exit(await main(Deno.args));
