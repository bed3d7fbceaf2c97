/**
 * `deno task web`: bundles the islands, then starts the server with exactly the permissions that it
 * needs: to listen, to read the project and the store, to write the store.
 *
 * This small program alone may start programs; the server may not.
 */

import { printable } from "../lab/render/printable.ts";
import { storeDirectory } from "../lab/cli/paths.ts";
import { say } from "../lab/cli/terminal.ts";
import { UsageError } from "../lab/cli/usage_error.ts";
import { watchParent } from "../lab/cli/parent_watch.ts";
import { BundleError, bundleIslands } from "./bundle.ts";
import { type LauncherMessage, launcherMessageSchema } from "./launcher_protocol.ts";
import { parseWebOptions, WEB_HELP, type WebOptions } from "./options.ts";
import { serverArguments } from "./permissions.ts";

/** What the launcher tells the server beside the user's arguments. */
const BUNDLES_VARIABLE = "FENCELAB_BUNDLES";

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function announce({ json }: WebOptions, url: string, perfettoUrl: string | null): void {
  if (json) return print(JSON.stringify({ url, perfettoUrl }));
  print(`fencelab's pages are at ${url}`);
  if (perfettoUrl !== null) say(`The Perfetto UI finds traces at ${perfettoUrl}`);
  say("Ctrl-C ends the server");
}

/** Lines of a stream. */
async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

async function serve(args: readonly string[], options: WebOptions): Promise<number> {
  const bundles = await bundleIslands();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...serverArguments(options, storeDirectory(options.store), bundles), ...args],
    env: { [BUNDLES_VARIABLE]: bundles },
    stdin: "null",
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
  for await (const line of linesOf(child.stdout)) {
    handle(launcherMessageSchema.parse(JSON.parse(line)), options);
  }
  return (await child.status).code;
}

function handle(message: LauncherMessage, options: WebOptions): void {
  switch (message.kind) {
    case "listening":
      return announce(options, message.url, message.perfettoUrl);
    case "failed":
      return say(`Error: ${printable(message.message)}`);
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
    if (!(error instanceof UsageError || error instanceof BundleError)) throw error;
    say(`Error: ${printable(error.message)}`);
    return 1;
  }
}

Deno.exit(await main(Deno.args));
