import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

import { type CostResult, parseRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import { build } from "../fixtures/doors.ts";
import { type Finished, lab } from "../fixtures/lab_process.ts";
import { cpus, hasProgram, needs } from "../fixtures/needs.ts";

/** A fence whose heavy side is the given statements. */
function fence(heavy: string, setup = "return 0;"): string {
  return `#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "user_fence.h"

int fence_setup(void **state) { (void)state; ${setup} }
int fence_heavy(void *state) { (void)state; ${heavy} }
void fence_light(void *state) { (void)state; __asm__ volatile("" ::: "memory"); }
void fence_teardown(void *state) { (void)state; }
`;
}

const register = "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED";
const SOURCES: Readonly<Record<string, string>> = {
  correct: fence(
    "return syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) ? errno : 0;",
    `return syscall(SYS_membarrier, ${register}, 0, 0) ? errno : 0;`,
  ),
  empty: fence("return 0;"),
  crashes: fence("return *(volatile int *)0;"),
  // Tried out once before a run, so what it does later is the run's to survive
  "crashes-later": fence("static int calls; if (++calls > 100) abort(); return 0;"),
  leaves: fence("static int calls; if (++calls > 100) exit(3); return 0;"),
  refuses: fence("return 0;", "return ENOMEM;"),
};

/** The C file of the guide. */
function template(): string {
  const page = new URL("../../web/guide/your-own-fence.md", import.meta.url);
  return /```c\n([\s\S]*?)```/.exec(Deno.readTextFileSync(page))![1]!;
}

/**
 * Runs the lab with sources of these texts; the run that it made, if there is one.
 *
 * @param headers Texts of files beside them, by name.
 */
async function labWith(
  sources: Readonly<Record<string, string>>,
  args: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Finished & { run: Run | null }> {
  const place = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(headers)) {
      Deno.writeTextFileSync(`${place}/${name}`, text);
    }
    const named = Object.entries(sources).flatMap(([name, text]) => {
      Deno.writeTextFileSync(`${place}/${name}.c`, text);
      return ["--technique-source", `${name}.c`];
    });
    const finished = await lab(["run", "--json", "--out", "runs", ...args, ...named], {
      cwd: place,
    });
    const line = finished.stdout.trim();
    return { ...finished, run: line.startsWith("{") ? parseRun(line, "stdout") : null };
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

function costs({ run, stderr }: { run: Run | null; stderr: string }): CostResult[] {
  assert(run !== null, stderr);
  return run!.results.filter((result) => result.experiment === "cost");
}

function costOf(results: CostResult[], technique: string, siblings: number): CostResult {
  const found = results.find((one) => one.technique === technique && one.siblings === siblings);
  assert(found, `${technique} with ${siblings} siblings is missing`);
  return found!;
}

const COST = ["--experiment", "cost", "--technique", "none", "--seconds", "0.1"];

Deno.test({
  ...needs("fences of the user's own are measured; those that crash are results", {
    "a C compiler": hasProgram("gcc"),
    "two CPUs": cpus >= 2,
  }),
  async fn(): Promise<void> {
    const finished = await labWith({ ...SOURCES, template: template() }, COST);
    const results = costs(finished);
    assertEquals(finished.code, 0, finished.stderr);
    const reasons: Record<string, string | null> = {};
    for (const { technique, reason } of results) reasons[technique] = reason;
    assertEquals(reasons["none"], null);
    assertEquals(reasons["user:empty"], null);
    assertStringIncludes(reasons["user:crashes"]!, "the technique crashed: SIGSEGV");
    assertStringIncludes(reasons["user:crashes-later"]!, "the technique crashed: SIGABRT");
    assertEquals(reasons["user:leaves"], "the technique ended the process that measured it");
    assertEquals(reasons["user:refuses"], "fence_setup: ENOMEM");
    if (build.arch !== "x86_64") return;
    const expected = { "user:correct": 1, "user:empty": 0, "user:template": 2 };
    for (const [technique, interrupts] of Object.entries(expected)) {
      const { ipisPerOp } = costOf(results, technique, 1);
      if (ipisPerOp?.source !== "perf") continue;
      assert(Math.abs(ipisPerOp.value - interrupts) < 0.1, `${technique}: ${ipisPerOp.value}`);
    }
  },
});

Deno.test({
  ...needs("a capture goes on when a fence of the user's own crashes", {
    "a C compiler": hasProgram("gcc"),
    "two CPUs": cpus >= 2,
  }),
  async fn(): Promise<void> {
    const { crashes, leaves, empty } = SOURCES as Record<string, string>;
    const { run, stderr } = await labWith(
      { crashes: crashes!, leaves: leaves!, empty: empty! },
      ["--experiment", "capture", "--technique", "none", "--seconds", "0.1"],
    );
    const result = run?.results.find((one) => one.experiment === "capture");
    assert(result !== undefined, stderr);
    if (!result?.available) return; // tracing is not to be had here
    const reasons = Object.fromEntries(
      result.techniques.map(({ technique, reason }) => [technique, reason]),
    );
    assertStringIncludes(reasons["user:crashes"]!, "the technique crashed: SIGSEGV");
    assertEquals(reasons["user:leaves"], "the technique ended its process with status 3");
    assertEquals(reasons["user:empty"], null);
  },
});

const COMPILER = { "a C compiler": hasProgram("gcc") };

Deno.test({
  ...needs("an error in a fence of the user's own is said in the compiler's words", COMPILER),
  async fn(): Promise<void> {
    const { code, stderr, run } = await labWith({ wrong: fence("return nothing;") }, COST);
    assertEquals([code, run], [1, null]);
    assertMatch(stderr, /Cannot compile the technique 'user:wrong'/);
    assertMatch(stderr, /wrong\.c:9:\d+: error: .nothing. undeclared/);
  },
});

Deno.test({
  ...needs("a fence of the user's own that lacks a function names it as it was written", COMPILER),
  async fn(): Promise<void> {
    const lacking = fence("return 0;").replace("fence_teardown", "tear_down");
    const { code, stderr } = await labWith({ lacking }, COST);
    assertEquals(code, 1);
    assertMatch(stderr, /undefined reference to .fence_teardown/);
  },
});

Deno.test({
  ...needs("a fence of the user's own is built anew when a header of it changes", COMPILER),
  async fn(): Promise<void> {
    const including = `#include "part.h"\n${fence("return 0;", "return ANSWER;")}`;
    const measure = async (answer: string): Promise<[string, string | null]> => {
      const part = `#include <errno.h>\n#define ANSWER ${answer}\n`;
      const finished = await labWith({ including }, COST, { "part.h": part });
      const { reason } = costOf(costs(finished), "user:including", 0);
      return [finished.run!.fencelab.build, reason];
    };
    const [before, works] = await measure("0");
    const [after, refuses] = await measure("ENOMEM");
    assertEquals([works, refuses], [null, "fence_setup: ENOMEM"]);
    assert(before !== after, `both are ${before}`);
  },
});

Deno.test("a technique without its source and a source without a name are refused", async () => {
  const absent = await labWith({}, [...COST, "--technique", "user:absent"]);
  assertEquals(absent.code, 1);
  assertStringIncludes(absent.stderr, "Remedy: --technique-source absent.c");
  const missing = await labWith({}, [...COST, "--technique-source", "missing.c"]);
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.stderr, "Cannot read the technique 'missing.c'");
  const named = await labWith({ "My Fence": fence("return 0;") }, COST);
  assertEquals(named.code, 1);
  assertStringIncludes(named.stderr, "Cannot use 'My Fence.c' as a technique");
});

Deno.test({
  ...needs("fences of the user's own get verdicts", {
    "a C compiler": hasProgram("gcc"),
    "x86-64": build.arch === "x86_64",
    "two CPUs": cpus >= 2,
  }),
  async fn(): Promise<void> {
    const { correct, empty, crashes } = SOURCES;
    const { run, code, stderr } = await labWith(
      { correct: correct!, empty: empty!, crashes: crashes! },
      ["--experiment", "ordering", "--technique", "getppid", "--seconds", "1"],
    );
    // A fence is meant to order: the empty one breaks that promise
    assertEquals(code, 2, stderr);
    const verdictOf = (technique: string): { verdict: string; why: string } => {
      const found = run?.results.find((one) =>
        one.experiment === "ordering" && one.technique === technique
      );
      assert(found, technique);
      return found as unknown as { verdict: string; why: string };
    };
    assert(["ordered", "not-discriminable"].includes(verdictOf("user:correct").verdict));
    assertEquals(verdictOf("user:empty").verdict, "not-ordered");
    assertEquals(verdictOf("user:crashes").verdict, "not-discriminable");
    assertStringIncludes(verdictOf("user:crashes").why, "the technique crashed: SIGSEGV");
  },
});
