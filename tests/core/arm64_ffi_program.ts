/**
 * Loads a shared library and speaks with the core in it; prints what came back as JSON.
 *
 * Arguments: the library's path. A program of its own, since another architecture's Deno runs it.
 */

import { openFfiChannel } from "../../ffi/ffi_channel.ts";
import { loadLibrary } from "../../ffi/library.ts";
import { Session } from "../../ffi/session.ts";

const library = loadLibrary(Deno.args[0]!);
const QUERY = 0; // MEMBARRIER_CMD_QUERY
const commands = Number(library.symbols.fencelab_membarrier(QUERY, 0, 0));
await using session = await Session.open(openFfiChannel(library));
const [reply] = await session.request("conformance");
const environment = await session.request("environment");
const shown = {
  arch: Deno.build.arch,
  hello: session.hello,
  commands,
  cases: reply!.result["cases"],
  files: Object.keys(environment[0]!.result).length,
};
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(shown)}\n`));
