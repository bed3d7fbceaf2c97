/** `lab report`: what runs say, as one file. */

import { version } from "../../ffi/version.ts";
import { formatNamed, formatOf, formats, type ReportFormat } from "../report/formats.ts";
import { readRuns } from "../report/gather.ts";
import { type MadeReport, makeReport } from "../report/make_report.ts";
import { ReportError } from "../report/report_error.ts";
import { checkReplaceable, writeReport } from "../report/write_report.ts";
import { printable } from "../text/printable.ts";
import { formatCount } from "../text/units.ts";
import { ExitCode } from "./outcome.ts";
import type { CommandLine } from "./parse.ts";
import { storeDirectory, userPath } from "./paths.ts";
import { print, say } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** Runs the command. @returns The exit code. */
export function reportCommand(line: CommandLine): number {
  const out = line.value("out");
  const format = chosenFormat(line, out);
  const path = out === undefined ? null : userPath(out);
  if (path !== null) checkReplaceable(path, line.has("force"));
  const made = make(line, format);
  for (const { problem } of made.unread) say(`Note: left out: ${printable(problem)}`);
  if (path === null) {
    for (const part of made.parts) print(part);
    return ExitCode.done;
  }
  const bytes = writeReport(path, made.parts);
  const { runs, hosts, unread } = made;
  if (line.has("json")) {
    print(`${JSON.stringify({ path, format: format.id, bytes, runs, hosts, unread })}\n`);
  } else {
    const size = bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
    const from = `${formatCount(runs, "run")} on ${formatCount(hosts, "host")}`;
    print(`Wrote ${printable(path)}: ${size} from ${from}\n`);
  }
  return ExitCode.done;
}

function chosenFormat(line: CommandLine, out: string | undefined): ReportFormat {
  const name = line.value("format") ?? (out === undefined && line.has("json") ? "json" : undefined);
  const names = formats.map(({ id }) => id).join(", ");
  if (name !== undefined) {
    const format = formatNamed(name);
    if (format) return format;
    throw new UsageError(`Unknown format '${name}'. Remedy: one of ${names}`);
  }
  if (out === undefined) {
    throw new UsageError(
      "Cannot make a report: neither --out nor --format is given. Remedy: --out report.html, or " +
        "--format md to print one",
    );
  }
  const format = formatOf(out);
  if (format) return format;
  throw new UsageError(
    `Cannot tell the format of '${out}' from its name. Remedy: an ending among ` +
      `${formats.map(({ ending }) => ending).join(", ")}, or --format (${names})`,
  );
}

function make(line: CommandLine, format: ReportFormat): MadeReport {
  const store = storeDirectory(line.value("store")).replace(/(?<=.)\/+$/, "");
  const references = line.positionals.map((one) => one.includes("/") ? userPath(one) : one);
  const made = makeReport(format, readRuns(store, references), { madeAt: new Date(), version });
  if (made.runs + made.unread.length > 0) return made;
  throw new ReportError(
    `Cannot make a report: '${store}' holds no run. Remedy: make one by 'deno task lab', or name ` +
      "a store by --store",
  );
}
