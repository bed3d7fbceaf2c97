/** Programs of the system that prepare a kernel. */

import { defined } from "../../../format/defined.ts";
import { findProgram } from "../../../../ffi/find_program.ts";
import { printable } from "../../../text/printable.ts";
import { HostError } from "../../../format/host_error.ts";

/** How a program is run. */
export interface ProgramOptions {
  readonly cwd?: string;
  /** Ends the program. */
  readonly signal?: AbortSignal | undefined;
  /** Told each line of its standard output as it comes. */
  readonly onLine?: (line: string) => void;
}

/** What a program left. */
export interface ProgramOutput {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Messages are matched and shown, so they should not depend on the user's language. */
const ENVIRONMENT = { LC_ALL: "C" } as const;

/**
 * Path of a program on PATH.
 *
 * @param task What it is needed for, as in "Cannot prepare kernel 6.12 for aarch64".
 * @throws {HostError} If it is not there.
 */
export function requireProgram(name: string, debianPackage: string, task: string): string {
  const path = findProgram(name, Deno.env.get("PATH") ?? "");
  if (path !== null) return path;
  throw new HostError(
    `${task}: there is no '${name}' on PATH. Remedy: on Debian, install ${debianPackage}; ` +
      "elsewhere, name a kernel image by its path, as in qemu-arm64@/boot/vmlinuz",
  );
}

/**
 * Runs a program to its end.
 *
 * @throws {DOMException} If it was aborted; the program has ended by then.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, signal, onLine }: ProgramOptions = {},
): Promise<ProgramOutput> {
  signal?.throwIfAborted();
  const child = new Deno.Command(program, {
    args: [...args],
    ...defined({ cwd, signal }),
    env: ENVIRONMENT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ success }, stdout, stderr] = await Promise.all([
    child.status,
    collect(child.stdout, onLine),
    collect(child.stderr),
  ]);
  signal?.throwIfAborted();
  return { success, stdout, stderr };
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine?: (line: string) => void,
): Promise<string> {
  let text = "";
  let told = 0;
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (let end = text.indexOf("\n", told); end >= 0; end = text.indexOf("\n", told)) {
      onLine?.(text.slice(told, end));
      told = end + 1;
    }
  }
  return text;
}

/** Runs two programs, the output of the first being the input of the second. */
export async function runPipe(
  first: readonly [string, ...string[]],
  second: readonly [string, ...string[]],
  signal?: AbortSignal,
): Promise<ProgramOutput> {
  signal?.throwIfAborted();
  const common = { env: ENVIRONMENT, stderr: "piped", ...(signal && { signal }) } as const;
  const source = new Deno.Command(first[0], {
    ...common,
    args: first.slice(1),
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const sink = new Deno.Command(second[0], {
    ...common,
    args: second.slice(1),
    stdin: "piped",
    stdout: "null",
  }).spawn();
  const [from, to, fromWords, toWords] = await Promise.all([
    source.status,
    sink.status,
    collect(source.stderr),
    collect(sink.stderr),
    source.stdout.pipeTo(sink.stdin).catch(() => {}), // one has ended early, and its status says so
  ]);
  signal?.throwIfAborted();
  // The second one's words come first: it is why the first could not go on
  return { success: from.success && to.success, stdout: "", stderr: `${toWords}${fromWords}` };
}

/** The first line of what a program complained about, fit to be shown. */
export function firstWords({ stderr }: ProgramOutput): string {
  return printable(stderr.trim().split("\n")[0] || "it said nothing");
}
