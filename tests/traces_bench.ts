/**
 * How fast pages become events and a Perfetto trace, against `trace-cmd report` on the same pages.
 *
 * Prints CPU time per event, not wall time: other work on the machine does not count. Needs root,
 * tracefs, stress-ng and trace-cmd. `deno run -A tests/traces_bench.ts [EVENTS]`
 *
 * @module
 */
import process from "node:process";
import { convertCapture } from "../traces/convert/convert.ts";
import { parseHeaderPage } from "../traces/ring_buffer/header_page.ts";
import { PageDecoder } from "../traces/ring_buffer/page_decoder.ts";
import { directorySource } from "./fixtures/traces/directory_source.ts";
import { convertHostile } from "./fixtures/traces/hostile.ts";
import { canRecord, record } from "./traces_recorder.ts";

const ROUNDS = 5;
const HOSTILE_CASES = 10_000;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** One step, measured. */
interface Rate {
  readonly events: number;
  /** CPU time of this process, or of the program that was run, seconds. */
  readonly cpu: number;
}

function report(what: string, { events, cpu }: Rate): void {
  const nanoseconds = (cpu * 1e9 / events).toFixed(1).padStart(8);
  const millions = (events / cpu / 1e6).toFixed(2).padStart(8);
  say(`${what.padEnd(28)} ${nanoseconds} ns/event ${millions} M events/s of CPU time`);
}

/** The best of several rounds: what the machine can do when nothing disturbs. */
async function best(round: () => Promise<number> | number): Promise<Rate> {
  let fastest: Rate = { events: 1, cpu: Infinity };
  for (let i = 0; i < ROUNDS; i++) {
    const before = process.cpuUsage();
    const events = await round();
    const { user, system } = process.cpuUsage(before);
    const cpu = (user + system) / 1e6;
    if (cpu / events < fastest.cpu / fastest.events) fastest = { events, cpu };
  }
  return fastest;
}

function decodeAll(dir: string, files: readonly Uint8Array[]): number {
  const layout = parseHeaderPage(Deno.readTextFileSync(`${dir}/header_page`), true);
  const decoder = new PageDecoder(layout);
  let events = 0;
  for (const bytes of files) {
    for (let at = 0; at < bytes.length; at += layout.pageBytes) {
      decoder.decode(new DataView(bytes.buffer, bytes.byteOffset + at, layout.pageBytes));
      events += decoder.count;
    }
  }
  return events;
}

/** User and system time of trace-cmd's report of the same pages, by the shell's own clock. */
async function traceCmd(dir: string, events: number): Promise<Rate> {
  const pages = [...Deno.readDirSync(dir)].map(({ name }) => name)
    .filter((name) => name.endsWith(".raw")).sort().join(" ");
  const script = `trace-cmd restore -o t.dat ${pages} >/dev/null 2>&1
    TIMEFORMAT='%U %S'; time trace-cmd report -t -i t.dat >/dev/null 2>&1`;
  let cpu = Infinity;
  for (let i = 0; i < 2; i++) {
    const { stderr } = await new Deno.Command("bash", { args: ["-c", script], cwd: dir }).output();
    const [user, system] = new TextDecoder().decode(stderr).trim().split(/\s+/).map(Number);
    cpu = Math.min(cpu, user! + system!);
  }
  return { events, cpu };
}

async function main(wanted: number): Promise<void> {
  if (!canRecord()) return say("Skipped: needs root and tracefs with instances");
  const dir = Deno.makeTempDirSync({ prefix: "fencelab-bench-" });
  try {
    const load = ["--tlb-shootdown", "1", "--membarrier", "1", "--switch", "1", "-t", "4"] as const;
    await record(dir, ["stress-ng", ...load], Math.ceil(wanted * 40 / 1024));
    const names = [...Deno.readDirSync(dir)].map(({ name }) => name).filter((one) =>
      one.endsWith(".raw")
    );
    const files = names.map((name) => Deno.readFileSync(`${dir}/${name}`));
    const decoded = await best(() => decodeAll(dir, files));
    report("page decode", decoded);
    let bytes = 0;
    const converted = await best(async () => {
      const result = await convertCapture(directorySource(dir), { write: () => {} });
      bytes = result.bytes;
      return result.events;
    });
    report("decode + Perfetto", converted);
    const reported = await traceCmd(dir, decoded.events);
    report("trace-cmd report", reported);
    const factor = (reported.cpu / reported.events) / (converted.cpu / converted.events);
    say(`decode + Perfetto is ${factor.toFixed(1)} times trace-cmd report`);
    const raw = files.reduce((sum, { length }) => sum + length, 0);
    say(
      `${decoded.events} events, ${
        (raw / 2 ** 20).toFixed(0)
      } MiB of pages, ${bytes} bytes of trace`,
    );
    say(
      `peak memory ${
        (Deno.memoryUsage().rss / 2 ** 20).toFixed(0)
      } MiB, all pages in memory for the decode`,
    );
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
  const { refused, damaged, clean } = await convertHostile(HOSTILE_CASES);
  say(
    `${HOSTILE_CASES} hostile captures: ${refused} refused, ${damaged} with declared loss, ${clean} whole`,
  );
}

await main(Number(Deno.args[0] ?? 1_000_000));
