/**
 * The history and a comparison of 500 stored runs of a host, through the command line as a user
 * types it: all techniques in two crews, as the quick plan measures them.
 *
 * @module
 */
import { formatRun } from "../../lab/experiments/run/run_schema.ts";
import { sampleCost, sampleRun } from "../../lab/testdata/sample_run.ts";
import { drawHistogram, INTERRUPT, normal, seeded } from "../../lab/statistics/testdata/samples.ts";
import { techniques } from "../../lab/format/techniques.ts";
import { lab } from "../fixtures/lab_process.ts";

const RUNS = 500;
const SAMPLES = 5000;
const SIBLINGS = [0, 1];

/** What the requirement allows, seconds. */
const ALLOWED = 5;

/** Times the commands. @returns Lines to print. */
export async function benchCompare(): Promise<string[]> {
  const store = await Deno.makeTempDir({ prefix: "fencelab-bench-" });
  try {
    const bytes = makeRuns(store);
    const lines = [`${RUNS} runs, ${Math.round(bytes / 2 ** 20)} MiB of run.json`];
    const history = ["compare", "--history", "local", "--out", store];
    const cases: [string, string[]][] = [
      ["history, index made anew", history],
      ["history", history],
      ["history as JSON", [...history, "--json"]],
      ["one kernel against another", ["compare", "kernel=6.12", "kernel=6.18", "--out", store]],
    ];
    for (const [name, args] of cases) lines.push(await timed(name, args));
    return lines;
  } finally {
    await Deno.remove(store, { recursive: true });
  }
}

async function timed(name: string, args: readonly string[]): Promise<string> {
  const start = performance.now();
  const { code, stdout, stderr } = await lab(args);
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) return `${name}: failed with ${code}: ${stderr}`;
  const judgement = seconds < ALLOWED ? "within" : "ABOVE";
  return `${name}: ${seconds.toFixed(2)} s, ${judgement} ${ALLOWED} s (${stdout.length} bytes)`;
}

/** Writes the runs; not by save(), whose flushes to the disk are worth nothing here. */
function makeRuns(store: string): number {
  const random = seeded(1);
  // A few dozen distributions shared by all: drawing 120 million samples would take the time.
  const drawn = Array.from(
    { length: 40 },
    () => drawHistogram(INTERRUPT, SAMPLES, random, Math.exp(0.02 * normal(random))),
  );
  let bytes = 0;
  for (let number = 0; number < RUNS; number++) {
    const startedAt = new Date(Date.UTC(2026, 0, 1) + number * 3_600_000).toISOString();
    const time = startedAt.replaceAll(/[-:]|\.\d+/g, "");
    const id = `${time}-local-${number.toString(16).padStart(4, "0")}`;
    const results = techniques.flatMap(({ id: technique }) =>
      SIBLINGS.map((siblings) => {
        const histogram = drawn[Math.floor(random() * drawn.length)]!;
        return sampleCost({ technique, siblings, count: SAMPLES, histogram });
      })
    );
    const run = sampleRun({ id, startedAt, results });
    const kernel = number < RUNS / 2 ? "6.12.1" : "6.18.4";
    const text = formatRun({ ...run, host: { ...run.host, kernel } });
    bytes += text.length;
    Deno.mkdirSync(`${store}/${id}`);
    Deno.writeTextFileSync(`${store}/${id}/run.json`, text);
  }
  return bytes;
}
