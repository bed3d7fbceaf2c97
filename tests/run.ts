/**
 * `deno task test`: runs all tests and closes with one line, `N passed, N failed, N skipped`.
 *
 * Arguments are handed to `deno test`: files, or `--filter TEXT`.
 */

import { ensureBuild } from "../ffi/build.ts";

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts test cases of a JUnit report; a case is failed, skipped, or passed. */
function countCases(junit: string): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [body] of junit.matchAll(/<testcase\b[^>]*?(?:\/>|>[\s\S]*?<\/testcase>)/g)) {
    if (/<(failure|error)\b/.test(body)) counts.failed++;
    else if (/<skipped\b/.test(body)) counts.skipped++;
    else counts.passed++;
  }
  return counts;
}

/** Tests look at tracefs; the lab itself does not need it mounted. Only root may, others skip those tests. */
async function mountTracefs(): Promise<void> {
  try {
    await Deno.stat("/sys/kernel/tracing/events");
  } catch {
    await new Deno.Command("mount", {
      args: ["-t", "tracefs", "nodev", "/sys/kernel/tracing"],
      stderr: "null",
    }).output();
  }
}

/** Runs `deno test`. */
async function denoTest(args: readonly string[]): Promise<Counts> {
  const report = await Deno.makeTempFile({ prefix: "fencelab-", suffix: ".xml" });
  try {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--allow-all", `--junit-path=${report}`, ...args],
    }).spawn().status;
    const counts = countCases(await Deno.readTextFile(report));
    // A file that does not even load fails no test case, but is a failure all the same
    if (code !== 0 && counts.failed === 0) counts.failed = 1;
    return counts;
  } finally {
    await Deno.remove(report);
  }
}

/**
 * End-to-end tests that may run side by side: they measure nothing, claim no host, and look at no
 * processes but those that they started.
 */
const SIDE_BY_SIDE = [
  ...["build", "core", "report", "trace_processor_budget", "trace_processor_sql", "traces_convert"],
  ...["traces_dat", "traces_hostile", "traces_pages", "web_attack", "web_budget", "web_engine"],
  ...["web_early_press", "web_hostile_trace", "web_perfetto", "web_perfetto_page", "web_sql"],
  ...["web_sql_page", "web_store", "web_trace_index", "web_upload", "web_upload_page"],
].map((name) => `tests/${name}_test.ts`);

/** The other end-to-end tests; named one by one, since Deno 2.9.6 ignores no single files. */
function oneByOne(): string[] {
  const names = [...Deno.readDirSync("tests")].map(({ name }) => `tests/${name}`);
  return names.filter((name) => name.endsWith("_test.ts") && !SIDE_BY_SIDE.includes(name)).sort();
}

async function main(args: readonly string[]): Promise<number> {
  await ensureBuild(undefined, say);
  await mountTracefs();
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  // The tests below lab/hosts count programs of this process, so they are alone in it
  const parts = [
    ["--doc", "--parallel", "--ignore=tests,lab/hosts"],
    ["--parallel", ...SIDE_BY_SIDE],
    ["lab/hosts", ...oneByOne()],
  ];
  for (const part of args.length > 0 ? [["--doc", ...args]] : parts) {
    const { passed, failed, skipped } = await denoTest(part);
    counts.passed += passed;
    counts.failed += failed;
    counts.skipped += skipped;
  }
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  say(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

Deno.exit(await main(Deno.args));
