/** `lab trace`: which interrupts does a program cause and suffer? */

import { loadTrace, writeTrace } from "../experiments/capture/analyse.ts";
import { directorySource } from "../experiments/capture/capture_directory.ts";
import { lostEvents } from "../experiments/capture/reply.ts";
import { parseHostFacts } from "../environment/facts.ts";
import {
  type ProgramReply,
  type ProgramRequest,
  recordProgram,
} from "../program/record_program.ts";
import { programReport } from "../program/report.ts";
import { printable } from "../text/printable.ts";
import { programSection } from "../program/section.ts";
import { renderSection } from "../document/terminal.ts";
import { checkWritable } from "../store/check_writable.ts";
import { Scratch } from "../store/scratch.ts";
import { openTraceProcessor } from "../places/traces_files.ts";
import { engineOf } from "./engine.ts";
import { hostsOf } from "./hosts_of.ts";
import { BUFFER_KB, numberOption } from "./number_option.ts";
import type { CommandLine } from "./parse.ts";
import { storeDirectory, userPath } from "./paths.ts";
import { print, progressLine, renderOptions, say, writeBytes } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

const DEFAULT_BUFFER_KB = 16 * 1024;

/** Runs the command. @returns 0, whatever the traced program's own status is. */
export async function traceCommand(line: CommandLine, signal: AbortSignal): Promise<number> {
  const request = requestOf(line);
  const store = storeDirectory(line.value("out"));
  await checkWritable(store);
  await using scratch = await Scratch.open(store);
  const raw = `${scratch.path}/raw`;
  const reply = await record(line, request, raw, signal);
  const trace = line.value("output") === undefined
    ? `${scratch.path}/trace.pftrace`
    : userPath(line.value("output")!);
  const conversion = await writeTrace(directorySource(raw), trace, signal);
  const processor = await openTraceProcessor(engineOf(line));
  try {
    await loadTrace(processor, trace);
    const report = await programReport(processor, reply.pid);
    const lost = lostEvents(reply);
    if (line.has("json")) {
      const { pid, exitStatus, exitSignal, timedOut, seconds, ladder } = reply;
      const program = { command: request.command, pid, exitStatus, exitSignal, timedOut, seconds };
      print(`${JSON.stringify({ program, ladder, lost, events: conversion.events, ...report })}\n`);
    } else {
      print(`${summary(request, reply, conversion.events, lost)}\n\n`);
      print(`${renderSection(programSection(report), renderOptions())}\n`);
    }
    if (line.value("output") !== undefined) say(`Wrote ${printable(trace)}`);
    return 0;
  } finally {
    processor.close();
  }
}

async function record(
  line: CommandLine,
  request: ProgramRequest,
  raw: string,
  signal: AbortSignal,
): Promise<ProgramReply> {
  const progress = progressLine();
  const [host] = await hostsOf(line, Deno.ppid);
  await using connection = await host!.open({
    signal,
    onProgress: (label) => progress.update(0, label),
  });
  const { session } = connection;
  const [facts] = await session.request("environment");
  try {
    return await recordProgram(
      session,
      request,
      parseHostFacts(facts?.result, `environment of host '${host!.name}'`),
      raw,
      {
        signal,
        ...(request.command.length === 0
          ? { onProgress: (fraction: number) => progress.update(fraction, "tracing the machine") }
          : {}),
        // The program's own output goes where it would go, unless stdout is JSON
        onOutput: ({ stream, bytes }) => {
          writeBytes(stream === "stdout" && !line.has("json") ? Deno.stdout : Deno.stderr, bytes);
        },
      },
    );
  } finally {
    progress.finish();
  }
}

function summary(
  request: ProgramRequest,
  reply: ProgramReply,
  events: number,
  lost: number,
): string {
  const what = request.command.length > 0 ? printable(request.command.join(" ")) : "The machine";
  const end = request.command.length === 0
    ? ""
    : reply.timedOut
    ? ", stopped after its time"
    : reply.exitSignal > 0
    ? `, killed by signal ${reply.exitSignal}`
    : `, exit status ${reply.exitStatus}`;
  const losses = lost > 0 ? `, ${lost} LOST: give a larger --buffer-kb` : ", none lost";
  return `${what}: ${reply.seconds.toFixed(2)} s${end}; ${events} events${losses}`;
}

function requestOf(line: CommandLine): ProgramRequest {
  const seconds = numberOption(line, "seconds", [0, 86_400], "decimal") ?? 0;
  const bufferKb = numberOption(line, "buffer-kb", BUFFER_KB) ?? DEFAULT_BUFFER_KB;
  if (line.rest.length === 0 && seconds === 0) {
    throw new UsageError(
      "Nothing to trace. Remedy: 'lab trace -- COMMAND', or --seconds N for the whole machine",
    );
  }
  return { command: line.rest, seconds, bufferKb };
}
