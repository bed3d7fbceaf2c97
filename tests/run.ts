/**
 * `deno task test`: runs all tests and closes with one line, `N passed, N failed, N skipped`.
 *
 * Arguments: `quick` for the tests that need no guest, no browser and no root, within a minute; or
 * what `deno test` takes: files, `--filter TEXT`. `--allowed-skips=FILE` holds a regular expression
 * a line: a skipped test that fits none of them counts as failed.
 *
 * Each end-to-end file is a process of its own, with a cache of its own and, where that can be had,
 * a network of its own: neither its guests, nor its ports, nor its claim on this machine meet those
 * of other tests, or of a lab that somebody runs meanwhile.
 */

import { filesBelow } from "./fixtures/source_tree.ts";
import { Preparation } from "./run_prepare.ts";
import {
  type Outcome,
  ownNetwork,
  readProc,
  runTests,
  sessionNiceness,
  type TestProcessOptions,
} from "./run_process.ts";

/** Files run side by side, besides one with guests or one that measures. */
const LANES = navigator.hardwareConcurrency;

/** After how long a file is ended, in s; the longest takes a minute and a half on two busy CPUs. */
const DEADLINE = 600;

/** Arguments of `deno test` for the tests that lie beside their source, and for the examples. */
const UNIT_TESTS = ["--doc", "--parallel", "--ignore=tests,lab/hosts"];

/** What may run beside what: the folder of a test says it. Those in none of these, side by side. */
const FOLDERS = {
  /** Need no guest, no browser and no root, and take a few seconds: `deno task test quick`. */
  quick: "tests/lab/",
  /** One at a time: memory, and the CPUs that emulation takes. */
  guests: "tests/guests/",
  /** One at a time, since each takes all CPUs for moments. */
  measuring: "tests/measuring/",
  /** As those: they measure what must not be believed. */
  liars: "tests/liars/",
  /** Those whose findings are the clearer, the less else there is. */
  alone: "tests/alone/",
  /** Ask this machine's mirror of Debian itself. */
  mirror: "tests/guests/mirror/",
  /** Take long, and no browser: begun first. */
  core: "tests/core/",
} as const;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** How long a lab that somebody else runs on this machine is waited for, in ms. */
const PATIENCE_MS = 10 * 60_000;

/** Waits until no lab has claimed this machine (ffi/core/session/claim.c). */
async function waitForLab(): Promise<void> {
  const claimed = async (): Promise<boolean> =>
    (await readProc("/proc/net/unix")).includes("@fencelab-claim");
  if (!await claimed()) return;
  say("Waiting until the lab that runs on this machine has ended");
  for (const end = performance.now() + PATIENCE_MS; await claimed();) {
    if (performance.now() > end) {
      throw new Error("A lab still runs on this machine. Remedy: end it, or run the tests as root");
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
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

/** Files of tests in a folder and below it. */
function testsIn(folder: string): string[] {
  return filesBelow(folder).filter((name) => name.endsWith("_test.ts"));
}

/** Runs parts of the suite and keeps the score. */
class Suite {
  readonly #options: TestProcessOptions;
  readonly #outcomes: Outcome[] = [];
  readonly #begin = performance.now();
  #waiting = 0;

  constructor(options: TestProcessOptions) {
    this.#options = options;
  }

  /** Whether somebody has ended the tests. */
  get aborted(): boolean {
    return this.#options.signal.aborted;
  }

  /** Says that so many parts will be run. */
  expect(parts: number): void {
    this.#waiting += parts;
  }

  /** Runs a part; what it says is shown if something fails. */
  async run(name: string, args: readonly string[]): Promise<void> {
    const outcome = await runTests(name, args, {
      ...this.#options,
      ...(args.some((arg) => arg.startsWith(FOLDERS.mirror)) ? { network: [] } : {}),
      urgent: args.some((arg) => arg.startsWith(FOLDERS.guests)),
    });
    this.#outcomes.push(outcome);
    this.#waiting--;
    const { passed, failed, skipped, seconds } = outcome;
    if (failed.length > 0) say(outcome.output);
    const counts = [
      `${passed} passed`,
      ...(failed.length > 0 ? [`${failed.length} FAILED`] : []),
      ...(skipped.length > 0 ? [`${skipped.length} skipped`] : []),
    ];
    const clock = Math.round((performance.now() - this.#begin) / 1000);
    say(
      `${String(clock).padStart(4)} s  ${name}: ${counts.join(", ")} (${seconds.toFixed(1)} s)` +
        (this.#waiting > 0 ? `; ${this.#waiting} to go` : ""),
    );
  }

  /** Names what failed and what was skipped, and closes with the line of counts. @returns The exit code. */
  close(allowedSkips: readonly RegExp[] | null): number {
    const passed = this.#outcomes.reduce((sum, one) => sum + one.passed, 0);
    const skipped = this.#outcomes.flatMap((one) => one.skipped);
    const forbidden = allowedSkips === null
      ? []
      : skipped.filter((name) => !allowedSkips.some((allowed) => allowed.test(name)));
    const failed = [
      ...this.#outcomes.flatMap((one) => one.failed),
      ...forbidden.map((name) => `may not be skipped: ${name}`),
    ];
    for (const name of skipped) say(`skipped: ${name}`);
    for (const name of failed) say(`FAILED: ${name}`);
    const last = skipped.length > 0 ? `, ${skipped.length} skipped` : "";
    say(`${passed} passed, ${failed.length} failed${last}`);
    return failed.length > 0 || passed === 0 ? 1 : 0;
  }
}

/** Takes parts off a list until it is empty. */
async function lane(suite: Suite, files: string[]): Promise<void> {
  for (let file = files.shift(); file !== undefined && !suite.aborted; file = files.shift()) {
    await suite.run(file, [file]);
  }
}

/** Runs what the arguments of `deno test` name. */
async function runNamed(
  suite: Suite,
  args: readonly string[],
  preparation: Preparation,
): Promise<void> {
  await preparation.programs();
  if (args.some((arg) => arg.startsWith(FOLDERS.guests))) await preparation.kernels();
  suite.expect(1);
  await suite.run(args.join(" "), ["--doc", ...args]);
}

async function runQuick(suite: Suite, isolated: boolean): Promise<void> {
  const files = testsIn("tests").filter((name) => name.startsWith(FOLDERS.quick));
  suite.expect(files.length + 1);
  const units = suite.run("unit tests", UNIT_TESTS);
  if (!isolated) await units;
  const lanes = Array.from({ length: isolated ? LANES : 1 }, () => lane(suite, files));
  await Promise.all([units, ...lanes]);
}

async function runAll(suite: Suite, preparation: Preparation, isolated: boolean): Promise<void> {
  // Tests of hosts count the programs of their process, so each file has one of its own
  const files = [...testsIn("lab/hosts"), ...testsIn("tests")];
  const inFolder = (folder: string): string[] => files.filter((name) => name.startsWith(folder));
  const guests = inFolder(FOLDERS.guests);
  const measuring = [...inFolder(FOLDERS.measuring), ...inFolder(FOLDERS.liars)];
  const alone = inFolder(FOLDERS.alone);
  // Backwards: those with a browser, which take long, are not left over for the end then
  const core = inFolder(FOLDERS.core);
  const rest = files.filter((name) => ![...guests, ...measuring, ...alone, ...core].includes(name));
  const others = [...core, ...rest.reverse()];
  suite.expect(files.length + 1);
  const programs = preparation.programs();
  const units = suite.run("unit tests", UNIT_TESTS);
  const singly = async (): Promise<void> => {
    await Promise.all([programs, preparation.kernels()]);
    await lane(suite, [...guests, ...measuring]);
    await lane(suite, others); // most of these wait for something
  };
  const sideBySide = async (): Promise<void> => {
    await programs;
    const unitsFirst = units.then(() => lane(suite, others));
    await Promise.all([
      unitsFirst,
      ...Array.from({ length: LANES - 1 }, () => lane(suite, others)),
    ]);
  };
  if (isolated) {
    await Promise.all([singly(), sideBySide()]);
  } else { // else they would meet each other's claims on this machine
    await Promise.all([programs, units]);
    await singly();
  }
  await lane(suite, alone);
}

/** Regular expressions of a file, one a line; lines that begin with # are for people. */
async function readAllowedSkips(path: string): Promise<RegExp[]> {
  const lines = (await Deno.readTextFile(path)).split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) =>
    new RegExp(line)
  );
}

async function main(args: readonly string[]): Promise<number> {
  const option = "--allowed-skips=";
  const skips = args.find((arg) => arg.startsWith(option))?.slice(option.length);
  const allowedSkips = skips === undefined ? null : await readAllowedSkips(skips);
  const rest = args.filter((arg) => !arg.startsWith(option));
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => abort.abort());
  }
  await mountTracefs();
  using preparation = await Preparation.begin(say, abort.signal);
  const niceness = await sessionNiceness();
  const network = await ownNetwork();
  const isolated = network.length > 0;
  if (!isolated) {
    say("Tests cannot have networks of their own here, so they run one after another");
    await waitForLab();
  }
  const { env } = preparation;
  const suite = new Suite({ network, niceness, env, deadline: DEADLINE, signal: abort.signal });
  try {
    if (rest.length === 0) await runAll(suite, preparation, isolated);
    else if (rest[0] === "quick") await runQuick(suite, isolated);
    else await runNamed(suite, rest, preparation);
  } catch (cause) {
    if (!suite.aborted) throw cause;
  }
  const code = suite.close(allowedSkips);
  return suite.aborted ? 130 : code;
}

Deno.exit(await main(Deno.args));
