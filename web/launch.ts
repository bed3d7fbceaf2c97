/**
 * `deno task web`: bundles the islands, then starts the server with exactly the permissions that it
 * needs: to listen, to read the project and the store, to write the store.
 *
 * This small program alone may start programs; the server may not.
 */

import { printable } from "../lab/text/printable.ts";
import { storeDirectory } from "../lab/cli/paths.ts";
import { say } from "../lab/cli/terminal.ts";
import { UsageError } from "../lab/cli/usage_error.ts";
import { watchParent } from "../lab/cli/parent_watch.ts";
import { BundleError, bundleIslands } from "./bundle.ts";
import { LauncherEngines } from "./engine/launcher_engines.ts";
import { SocketDirectory, SocketDirectoryError, socketIn } from "./engine/socket_directory.ts";
import {
  type LauncherMessage,
  launcherMessageSchema,
  type LauncherReply,
  lineOf,
  linesOf,
} from "./base/launcher_protocol.ts";
import { parseWebOptions, WEB_HELP, type WebOptions } from "./base/options.ts";
import { serverArguments } from "./permissions.ts";

/** What the launcher tells the server beside the user's arguments. */
const BUNDLES_VARIABLE = "FENCELAB_BUNDLES";
const SOCKETS_VARIABLE = "FENCELAB_SOCKETS";

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function announce({ json }: WebOptions, url: string, perfettoUrl: string | null): void {
  if (json) return print(JSON.stringify({ url, perfettoUrl }));
  print(`fencelab's pages are at ${url}`);
  if (perfettoUrl !== null) say(`The Perfetto UI finds traces at ${perfettoUrl}`);
  say("Ctrl-C ends the server");
}

async function serve(args: readonly string[], options: WebOptions): Promise<number> {
  const bundles = await bundleIslands(say);
  await using sockets = await SocketDirectory.make();
  const store = storeDirectory(options.store);
  const child = new Deno.Command(Deno.execPath(), {
    args: [...serverArguments(options, store, bundles, sockets.path), ...args],
    env: { [BUNDLES_VARIABLE]: bundles, [SOCKETS_VARIABLE]: sockets.path },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const end = (): void => {
    try {
      child.kill("SIGTERM");
    } catch {
      // It has ended by itself
    }
  };
  using _parent = watchParent(end);
  // From a terminal the server gets Ctrl-C itself; here it must only not end the launcher first
  Deno.addSignalListener("SIGINT", () => {});
  Deno.addSignalListener("SIGTERM", end);
  const engines = new LauncherEngines(socketIn(sockets.path), replier(child.stdin));
  for await (const line of linesOf(child.stdout)) handle(line, options, engines);
  engines.end();
  return (await child.status).code;
}

/** Tells the server what became of engines, unless it has ended. */
function replier(stdin: WritableStream<Uint8Array>): (number: number, reason: string) => void {
  const writer = stdin.getWriter();
  return (number, reason) => {
    const reply: LauncherReply = { kind: "engine-ended", number, reason };
    writer.write(lineOf(reply)).catch(() => {});
  };
}

function handle(line: string, options: WebOptions, engines: LauncherEngines): void {
  const message = messageIn(line);
  switch (message?.kind) {
    case "listening":
      return announce(options, message.url, message.perfettoUrl);
    case "failed":
      return say(`Error: ${printable(message.message)}`);
    case "engine":
      return void engines.start(message.number);
    default:
      say(`The server asked for something that it cannot have: ${printable(line).slice(0, 200)}`);
  }
}

/** What a line says; null if it is none of what the server may say. */
function messageIn(line: string): LauncherMessage | null {
  try {
    return launcherMessageSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseWebOptions(args);
    if (options.help) {
      print(WEB_HELP.trimEnd());
      return 0;
    }
    return await serve(args, options);
  } catch (error) {
    const expected = [UsageError, BundleError, SocketDirectoryError];
    if (!(error instanceof Error && expected.some((kind) => error instanceof kind))) throw error;
    say(`Error: ${printable(error.message)}`);
    return 1;
  }
}

Deno.exit(await main(Deno.args));
