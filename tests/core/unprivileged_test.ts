import { assert, assertEquals, assertStringIncludes } from "@std/assert";

import { parseRun } from "../../lab/experiments/run/run_schema.ts";
import { build } from "../fixtures/doors.ts";
import { taskArguments } from "../fixtures/lab_process.ts";
import { hasProgram, isRoot, needs } from "../fixtures/needs.ts";

const NOBODY = "65534";
const project = new URL("../../", import.meta.url).pathname;

/** A place that anybody may use: a copy of Deno and of its cache, and a store. */
async function openPlace(): Promise<string> {
  const place = await Deno.makeTempDir();
  const run = async (program: string, ...args: string[]): Promise<void> => {
    const { success, stderr } = await new Deno.Command(program, { args }).output();
    assert(success, `${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  };
  const info = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(info.stdout));
  await run("mkdir", "-p", `${place}/deno/npm`, `${place}/runs`);
  await run("cp", Deno.execPath(), `${place}/deno-program`);
  await run("cp", "-r", `${npmCache}/.`, `${place}/deno/npm`);
  // The project itself may lie where nobody can look
  await run(
    "cp",
    "-r",
    ...["deno.json", "deno.lock", "ffi", "lab", "traces", "build"].map((name) => project + name),
    place,
  );
  await run("chown", "-R", NOBODY, place);
  await run("chmod", "-R", "u+rwX,go+rX", place);
  return place;
}

/** Runs the lab as nobody: no capabilities, no realtime, at most `memlock` bytes locked. */
async function labAsNobody(place: string, memlock: number, args: string[]): Promise<{
  code: number;
  stdout: string;
  stderr: string;
}> {
  const { code, stdout, stderr } = await new Deno.Command("setpriv", {
    args: [
      ...["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"],
      ...["prlimit", `--memlock=${memlock}`, "--rtprio=0", "--nice=0", "--"],
      ...[`${place}/deno-program`, ...taskArguments("lab"), ...args],
    ],
    cwd: place,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", HOME: place, DENO_DIR: `${place}/deno` },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test({
  ...needs("an unprivileged user gets a run, with a warning for each limit", {
    "root (to become nobody)": isRoot,
    setpriv: hasProgram("setpriv"),
    prlimit: hasProgram("prlimit"),
  }),
  async fn(): Promise<void> {
    const place = await openPlace();
    try {
      const args = ["run", "--experiment", "cost", "--seconds", "0.05", "--json"];
      for (const technique of ["getppid", "membarrier-private-expedited", "mprotect", "munmap"]) {
        args.push("--technique", technique);
      }
      const { code, stdout, stderr } = await labAsNobody(place, 0, args);
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
      const doctor = await labAsNobody(place, 0, ["doctor", "--json"]);
      assertEquals(doctor.code, 0, doctor.stderr);
      const limited = JSON.parse(doctor.stdout).checks
        .filter((check: { state: string }) => check.state !== "ok");
      const ids = limited.map((check: { id: string }) => check.id).join(" ");
      for (const part of ["realtime", "mlock", "count"]) assertStringIncludes(ids, part);
    } finally {
      await Deno.remove(place, { recursive: true });
    }
  },
});
