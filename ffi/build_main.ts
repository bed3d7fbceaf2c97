/** `deno task build`: builds for this machine, and for the others where a cross compiler is present. */

import { BuildError, ensureBuild } from "./build.ts";
import { ARCHITECTURES, localArchitecture } from "./toolchain.ts";

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

const HELP = `Usage: deno task build [--local]

Builds the C core (shared library and static agent) into build/, for this machine and for each
other architecture whose cross compiler is present. Does nothing when sources have not changed.

  --local   for this machine only

Example: deno task build
`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    Deno.stdout.writeSync(new TextEncoder().encode(HELP));
    return 0;
  }
  const unknown = args.find((arg) => arg !== "--local");
  if (unknown !== undefined) {
    say(`Unknown option '${unknown}'. Remedy: see deno task build --help`);
    return 1;
  }
  const local = localArchitecture();
  for (const arch of args.includes("--local") ? [local] : ARCHITECTURES) {
    try {
      const build = await ensureBuild(arch, say);
      say(`${arch}: ${build.compiled ? "built" : "up to date"} (${build.id})`);
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      if (arch === local || !error.missingCompiler) {
        say(error.message);
        return 1;
      }
      say(`${arch}: skipped. ${error.message}`);
    }
  }
  return 0;
}

Deno.exit(await main(Deno.args));
