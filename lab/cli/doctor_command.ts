/** `lab doctor`: what this machine can and cannot do. */

import { findBuild } from "../../ffi/build.ts";
import { type BuildStatus, canRun } from "../doctor/check.ts";
import { examine } from "../doctor/doctor.ts";
import { renderChecks } from "../doctor/render.ts";
import { TOOL_NAMES } from "../doctor/tool_checks.ts";
import { findTools } from "../doctor/tools.ts";
import { localHost } from "../hosts/local_host.ts";
import { type Survey, survey } from "../plan/run_plan.ts";
import { ExitCode } from "./outcome.ts";
import type { CommandLine } from "./parse.ts";
import { print, renderOptions } from "./terminal.ts";

/** Runs the command. @returns The exit code: 77 when nothing could run here. */
export async function doctorCommand(line: CommandLine): Promise<number> {
  const { surveyed, build } = await surveyLocal();
  const checks = examine({
    surveyed,
    tools: findTools(TOOL_NAMES, Deno.env.get("PATH") ?? ""),
    build,
  });
  if (line.has("json")) print(`${JSON.stringify({ canRun: canRun(checks), checks })}\n`);
  else print(`${renderChecks(checks, renderOptions())}\n`);
  return canRun(checks) ? ExitCode.done : ExitCode.nothingRan;
}

/** A core that cannot be asked is a finding, not a failure of doctor. */
async function surveyLocal(): Promise<{ surveyed: Survey | null; build: BuildStatus }> {
  const build = await findBuild();
  if (!build) {
    const reason = Deno.env.get("FENCELAB_BUILD_ERROR") ?? "it has not been built";
    return { surveyed: null, build: { state: "missing", path: null, reason } };
  }
  try {
    const host = localHost();
    await using connection = await host.open();
    const surveyed = await survey(connection.session, host.name);
    return { surveyed, build: { state: "fresh", path: build.library, reason: null } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { surveyed: null, build: { state: "failed", path: build.library, reason } };
  }
}
