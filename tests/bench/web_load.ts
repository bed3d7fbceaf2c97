/** Many clients on the listing pages of a large store. */

import { sampleRun } from "../../lab/testdata/sample_run.ts";
import { formatRun } from "../../lab/experiments/run/run_schema.ts";
import { WebServer } from "../web/server.ts";

const RUNS = 10_000;
const CLIENTS = 50;
const REQUESTS = 10_000;

/** Pages that list, as people ask for them: most are asked for by nobody else. */
const PATHS: readonly string[] = [
  "/",
  "/runs",
  "/api/overview",
  ...Array.from({ length: 100 }, (_, page) => `/runs?page=${page + 2}`),
  ...Array.from({ length: 100 }, (_, page) => `/api/runs?page=${page + 2}`),
  ...Array.from({ length: 7 }, (_, day) => `/runs?from=2026-01-0${day + 1}&to=2026-01-07`),
  ...["host", "kernel", "started"].flatMap((sort) => [
    `/runs?technique=munmap&sort=${sort}&order=asc`,
    `/runs?host=local&experiment=cost&sort=${sort}&order=desc`,
  ]),
];

/** The targets: no error, and this at the 99th percentile, ms. */
const P99_MS = 100;

/** Makes a store; not by save(), whose flushes to the disk are worth nothing here. */
function fill(store: string): void {
  for (let number = 0; number < RUNS; number++) {
    const startedAt = new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString();
    const time = startedAt.replaceAll(/[-:]|\.\d+/g, "");
    const id = `${time}-local-${number.toString(16).padStart(4, "0")}`;
    Deno.mkdirSync(`${store}/${id}`, { recursive: true });
    Deno.writeTextFileSync(`${store}/${id}/run.json`, formatRun(sampleRun({ id, startedAt })));
  }
}

/** Measures; the lines say what was found. */
export async function benchLoad(): Promise<string[]> {
  const store = await Deno.makeTempDir({ prefix: "fencelab-bench-web-" });
  try {
    fill(store);
    await using server = await WebServer.open(store);
    // The first request makes the index of the store
    const begin = performance.now();
    await (await server.fetch("/runs")).text();
    const first = performance.now() - begin;
    const { times, errors, seconds } = await load(server);
    times.sort((one, other) => one - other);
    const at = (share: number): number => times[Math.ceil(share * times.length) - 1]!;
    const p99 = at(0.99);
    return [
      `web load: ${times.length} requests of ${CLIENTS} clients to ${PATHS.length} listing pages of ` +
      `${RUNS} runs in ${seconds.toFixed(1)} s, ${errors} errors`,
      `web load: p50 ${at(0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${
        at(1).toFixed(1)
      } ms ` +
      `(target: p99 below ${P99_MS} ms): ${errors === 0 && p99 < P99_MS ? "met" : "NOT MET"}; ` +
      `the first page with an empty index ${first.toFixed(0)} ms`,
    ];
  } finally {
    await Deno.remove(store, { recursive: true });
  }
}

async function load(
  server: WebServer,
): Promise<{ times: number[]; errors: number; seconds: number }> {
  const times: number[] = [];
  let errors = 0;
  let next = 0;
  const client = async (): Promise<void> => {
    for (let request = next++; request < REQUESTS; request = next++) {
      const begin = performance.now();
      const response = await server.fetch(PATHS[request % PATHS.length]!);
      const text = await response.text();
      times.push(performance.now() - begin);
      if (response.status !== 200 || text.length < 100) errors++;
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { times, errors, seconds: (performance.now() - begin) / 1000 };
}
