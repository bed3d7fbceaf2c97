import { assert, assertEquals, assertStringIncludes } from "@std/assert";

import { parseRun } from "../../lab/experiments/run/run_schema.ts";
import { build } from "../fixtures/doors.ts";
import { taskArguments } from "../fixtures/lab_process.ts";
import { hasProgram, isRoot, needs } from "../fixtures/needs.ts";
import { UnprivilegedPlace } from "../fixtures/unprivileged_place.ts";

/** No memory may be locked, and no priority raised. */
const LIMITS = ["prlimit", "--memlock=0", "--rtprio=0", "--nice=0", "--"];

Deno.test({
  ...needs("an unprivileged user gets a run, with a warning for each limit", {
    "root (to become nobody)": isRoot,
    setpriv: hasProgram("setpriv"),
    prlimit: hasProgram("prlimit"),
  }),
  async fn(): Promise<void> {
    await using place = await UnprivilegedPlace.open();
    const lab = (...args: string[]): ReturnType<UnprivilegedPlace["deno"]> =>
      place.deno([...taskArguments("lab"), ...args], LIMITS);
    const args = ["run", "--experiment", "cost", "--seconds", "0.05", "--json"];
    for (const technique of ["getppid", "membarrier-private-expedited", "mprotect", "munmap"]) {
      args.push("--technique", technique);
    }
    const { code, stdout, stderr } = await lab(...args);
    assertEquals(code, 0, stderr);
    const run = parseRun(stdout, "stdout");
    assertEquals(run.fencelab.build, build.id);
    // Samples that other load made the lab drop are told for each technique
    const codes = run.warnings.map((warning) => warning.code).filter((code) => code !== "W038");
    const texts = run.warnings.map((warning) => warning.message).join("\n");
    assertEquals(codes.length, new Set(codes).size, "each limit is named once");
    assertStringIncludes(texts, "SCHED_FIFO");
    assertStringIncludes(texts, "/proc/interrupts");
    assertStringIncludes(texts, "mlock");
    for (const result of run.results) {
      if (result.experiment !== "cost") continue;
      assertEquals(result.available, result.technique !== "mprotect", result.technique);
      assertEquals(result.priority, "none");
      if (result.technique === "mprotect") assertStringIncludes(result.reason ?? "", "mlock");
      else assert(result.ipisPerOp === null || result.ipisPerOp.source === "proc-interrupts");
    }
    const doctor = await lab("doctor", "--json");
    assertEquals(doctor.code, 0, doctor.stderr);
    const limited = JSON.parse(doctor.stdout).checks
      .filter((check: { state: string }) => check.state !== "ok");
    const ids = limited.map((check: { id: string }) => check.id).join(" ");
    for (const part of ["realtime", "mlock", "count"]) assertStringIncludes(ids, part);
  },
});
