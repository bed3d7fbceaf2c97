/**
 * `deno task lab`: builds the core if need be, then starts the lab with exactly
 * the permissions that the command line calls for.
 *
 * A task's permissions are fixed text, but the files that a command may read and
 * write are named by its user. So this small program alone may start programs;
 * what it starts reads the project, its store and the files named, nothing else.
 */

import { BuildError, ensureBuild } from "../ffi/build.ts";
import { ARCHITECTURES, localArchitecture } from "../ffi/toolchain.ts";
import type { UserSource } from "../ffi/user_source.ts";
import { hostsFor, permissionsFor, storeOf } from "./cli/permissions.ts";
import { parseCommandLine } from "./cli/parse.ts";
import { permissionList } from "./cli/paths.ts";
import { watchParent } from "./cli/parent_watch.ts";
import type { LabHost } from "./hosts/host.ts";
import { say } from "./cli/terminal.ts";
import { techniqueSourcesOf } from "./cli/technique_sources.ts";
import { UsageError } from "./cli/usage_error.ts";

/** What the lab itself will say better is not judged here. */
function parsed(args: readonly string[]): ReturnType<typeof parseCommandLine> | null {
  try {
    return parseCommandLine(args);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

/** Builds what the hosts need; commands that name none need this machine's. */
async function ensureBuilds(
  hosts: readonly LabHost[],
  user: readonly UserSource[],
): Promise<void> {
  const needed = new Set(hosts.flatMap(({ needs }) => needs.architectures));
  if (hosts.length === 0) needed.add(localArchitecture());
  for (const arch of needed) await ensureBuild(arch, say, user);
  if (!hosts.some(({ needs }) => needs.anyArchitecture)) return;
  for (const arch of ARCHITECTURES.filter((one) => !needed.has(one))) {
    try {
      await ensureBuild(arch, say, user);
    } catch (error) {
      // Only the machine itself will say which one it is; the lab then says what is missing
      if (!(error instanceof BuildError)) throw error;
      if (error.missingCompiler) continue;
      // A user's fence may be meant for one architecture alone
      if (user.length === 0) throw error;
      say(error.message);
    }
  }
}

/** Has what a killed lab left in its store removed, by a process that may write there. */
async function sweep(store: string): Promise<void> {
  const listed = permissionList([store]);
  await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      `--allow-read=${listed}`,
      `--allow-write=${listed}`,
      new URL("sweep_main.ts", import.meta.url).pathname,
      store,
    ],
    stderr: "null",
  }).output();
}

async function main(args: readonly string[]): Promise<number> {
  const line = parsed(args);
  const env: Record<string, string> = {};
  const hosts = line && !line.help ? await hostsFor(line, Deno.pid) : [];
  if (line && !line.help && line.command.core) {
    try {
      // Where they cannot be read no host was found, and the lab says why
      await ensureBuilds(hosts, hosts.length > 0 ? await techniqueSourcesOf(line) : []);
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      // doctor explains what is missing; everything else cannot go on without it
      if (line.command.name !== "doctor") {
        say(`Error: ${error.message}`);
        return 1;
      }
      env["FENCELAB_BUILD_ERROR"] = error.message;
    }
  }
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      ...await permissionsFor(line, hosts),
      new URL("main.ts", import.meta.url).pathname,
      ...args,
    ],
    env,
  }).spawn();
  using _parent = watchParent(() => child.kill("SIGTERM"));
  // From a terminal the child gets Ctrl-C itself; here it must only not end the launcher first
  Deno.addSignalListener("SIGINT", () => {});
  Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  const { code, signal } = await child.status;
  const store = line && !line.help ? storeOf(line) : null;
  // By itself it leaves nothing; killed it could not help it
  if (signal === "SIGKILL" && store !== null) await sweep(store);
  return code;
}

Deno.exit(await main(Deno.args));
