/**
 * `deno task bench [NAME [NUMBER]]…`: performance, compared with a yardstick in the same run, and
 * how far verdicts can be trusted. The number is how much of it, where a bench takes one.
 */

import { benchCompare } from "./bench/compare_bench.ts";
import { benchCost } from "./bench/cost_bench.ts";
import { benchGuests } from "./bench/guests_bench.ts";
import { benchRcu } from "./bench/rcu_bench.ts";
import { benchReport } from "./bench/report_bench.ts";
import { benchWeb } from "./bench/web_bench.ts";
import { benchTraces } from "./bench/traces_bench.ts";
import { benchTrust } from "./bench/trust_bench.ts";

const benches: Readonly<Record<string, (amount?: number) => Promise<string[]>>> = {
  cost: benchCost,
  traces: () => benchTraces(),
  store: () => denoBench("store_bench.ts"),
  compare: benchCompare,
  guests: benchGuests,
  report: benchReport,
  rcu: benchRcu,
  trust: benchTrust,
  web: benchWeb,
};

/** Runs a file of `Deno.bench` cases, which prints its own table. */
async function denoBench(file: string): Promise<string[]> {
  const path = new URL(`bench/${file}`, import.meta.url).pathname;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["bench", "--allow-all", path],
  }).spawn().status;
  return success ? [] : [`${file} failed`];
}

const NUMBER = /^[1-9]\d*$/;

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

async function main(words: readonly string[]): Promise<number> {
  const names = words.filter((word) => !NUMBER.test(word));
  const unknown = names.find((name) => !(name in benches));
  if (unknown !== undefined) {
    print(`Unknown bench '${unknown}'. Remedy: one of ${Object.keys(benches).join(", ")}`);
    return 1;
  }
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    const next = words[words.indexOf(name) + 1] ?? "";
    const amount = NUMBER.test(next) ? Number(next) : undefined;
    for (const line of await benches[name]!(amount)) print(line);
  }
  return 0;
}

Deno.exit(await main(Deno.args));
