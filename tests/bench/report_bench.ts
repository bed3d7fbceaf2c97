/**
 * How long a report takes, with the start of the program: from five runs, and from a store of 500
 * whole ones. Targets: at most 2 s and 2 MB, and at most 5 s.
 */

import { formatRun, type Run } from "../../lab/experiments/run/run_schema.ts";
import { emulatedArm64, fullRun, hostOf } from "../../lab/report/testdata/runs.ts";
import { lab } from "../fixtures/lab_process.ts";

const REPEATS = 5;

/** Hosts of a lab, real and emulated. */
const hosts = [
  hostOf(),
  hostOf({ name: "p9", arch: "ppc64le", kernel: "6.12" }),
  hostOf({ name: "altra", arch: "aarch64", kernel: "6.12" }),
  emulatedArm64,
  { ...emulatedArm64, name: "qemu-ppc64le", arch: "ppc64le" as const },
];

/** Fills a store; not by save(), whose flushes to the disk are worth nothing here. */
function fill(store: string, count: number): void {
  const template = fullRun();
  for (let number = 0; number < count; number++) {
    const startedAt = new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString();
    const host = hosts[number % hosts.length]!;
    const time = startedAt.replaceAll(/[-:]|\.\d+/g, "");
    const id = `${time}-${host.name}-${number.toString(16).padStart(4, "0")}`;
    const run: Run = { ...template, id, startedAt, host };
    Deno.mkdirSync(`${store}/${id}`, { recursive: true });
    Deno.writeTextFileSync(`${store}/${id}/run.json`, formatRun(run));
  }
}

async function time(store: string, out: string): Promise<{ seconds: number; bytes: number }> {
  const begin = performance.now();
  const { code, stderr } = await lab(["report", "--store", store, "--out", out]);
  const seconds = (performance.now() - begin) / 1000;
  if (code !== 0) throw new Error(`lab report failed: ${stderr}`);
  return { seconds, bytes: Deno.statSync(out).size };
}

async function row(
  folder: string,
  runs: number,
  ending: string,
  limit: { readonly seconds: number; readonly bytes: number },
): Promise<string> {
  const store = `${folder}/runs-${runs}`;
  const times: { seconds: number; bytes: number }[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    times.push(await time(store, `${folder}/report-${runs}${ending}`));
  }
  const sorted = times.map(({ seconds }) => seconds).sort((left, right) => left - right);
  const median = sorted[Math.floor(REPEATS / 2)]!;
  const bytes = times[0]!.bytes;
  const verdict = median <= limit.seconds && bytes <= limit.bytes ? "PASS" : "FAIL";
  const cells = [median, sorted[0]!, sorted.at(-1)!].map((value) => value.toFixed(2).padStart(7));
  return `  ${String(runs).padStart(4)} ${ending.padEnd(6)} ${cells.join(" ")} ${
    (bytes / 1e6).toFixed(2).padStart(8)
  }  ${verdict}`;
}

/** Runs the bench; returns lines of a table. */
export async function benchReport(): Promise<string[]> {
  const folder = Deno.makeTempDirSync({ prefix: "fencelab-bench-" });
  try {
    fill(`${folder}/runs-5`, 5);
    fill(`${folder}/runs-500`, 500);
    return [
      "Reports, seconds with the start of the program (median, least, most) and MB:",
      "  runs ending  median   least    most       MB",
      await row(folder, 5, ".html", { seconds: 2, bytes: 2e6 }),
      await row(folder, 500, ".html", { seconds: 5, bytes: 5e6 }),
      await row(folder, 500, ".csv", { seconds: 5, bytes: Infinity }),
    ];
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
