/**
 * How fast pages become events and a Perfetto trace, against `trace-cmd report` on the same pages.
 *
 * Prints CPU time per event, not wall time: other work on the machine does not count. Needs root,
 * tracefs, stress-ng and trace-cmd. `deno run -A tests/bench/traces_bench.ts [EVENTS]`
 *
 * @module
 */
import process from "node:process";
import { convertCapture } from "../../traces/convert/convert.ts";
import { TraceIndexBuilder } from "../../traces/index/index_builder.ts";
import { joinColumns } from "../../traces/index/join_columns.ts";
import { decodeIndex, encodeIndex } from "../../traces/index/index_file.ts";
import { parseHeaderPage } from "../../traces/ring_buffer/header_page.ts";
import { PageDecoder } from "../../traces/ring_buffer/page_decoder.ts";
import { directorySource } from "../fixtures/traces/directory_source.ts";
import { convertHostile } from "../fixtures/traces/hostile.ts";
import { canRecord, record } from "../traces/recorder.ts";

const ROUNDS = 5;
const HOSTILE_CASES = 10_000;

/** One step, measured. */
interface Rate {
  readonly events: number;
  /** CPU time of this process, or of the program that was run, seconds. */
  readonly cpu: number;
}

function report(what: string, { events, cpu }: Rate): string {
  const nanoseconds = (cpu * 1e9 / events).toFixed(1).padStart(8);
  const millions = (events / cpu / 1e6).toFixed(2).padStart(8);
  return `${what.padEnd(28)} ${nanoseconds} ns/event ${millions} M events/s of CPU time`;
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

/**
 * Records, measures all three ways and damages captures.
 *
 * @param wanted Events to record at least.
 * @returns Lines to print.
 */
export async function benchTraces(wanted = 1_000_000): Promise<string[]> {
  if (!canRecord()) return ["Traces: skipped, needs root and tracefs with instances"];
  const dir = Deno.makeTempDirSync({ prefix: "fencelab-bench-" });
  try {
    const load = ["--tlb-shootdown", "1", "--membarrier", "1", "--switch", "1", "-t", "4"] as const;
    await record(dir, ["stress-ng", ...load], Math.ceil(wanted * 40 / 1024));
    const { refused, damaged, clean } = await convertHostile(HOSTILE_CASES);
    return [
      ...await measure(dir),
      `${HOSTILE_CASES} hostile captures: ${refused} refused, ${damaged} with declared loss, ` +
      `${clean} whole`,
    ];
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

async function measure(dir: string): Promise<string[]> {
  let bytes = 0;
  const converted = await best(async () => {
    const result = await convertCapture(directorySource(dir), { write: () => {} });
    bytes = result.bytes;
    return result.events;
  });
  const memory = Deno.memoryUsage().rss / 2 ** 20;
  let index = new Uint8Array(0);
  const indexed = await best(async () => {
    const builder = new TraceIndexBuilder();
    const result = await convertCapture(directorySource(dir), { write: () => {} }, {
      index: builder,
    });
    index = encodeIndex(joinColumns(builder));
    return result.events;
  });
  const read = await best(() => decodeIndex(index).meta.events);
  const names = [...Deno.readDirSync(dir)].map(({ name }) => name);
  const files = names.filter((name) => name.endsWith(".raw"))
    .map((name) => Deno.readFileSync(`${dir}/${name}`));
  const decoded = await best(() => decodeAll(dir, files));
  const reported = await traceCmd(dir, decoded.events);
  const factor = (reported.cpu / reported.events) / (converted.cpu / converted.events);
  const raw = files.reduce((sum, { length }) => sum + length, 0) / 2 ** 20;
  return [
    report("page decode", decoded),
    report("decode + Perfetto", converted),
    report("decode + Perfetto + index", indexed),
    report("read the index", read),
    report("trace-cmd report", reported),
    `decode + Perfetto is ${factor.toFixed(1)} times trace-cmd report`,
    `${decoded.events} events, ${raw.toFixed(0)} MiB of pages, ${bytes} bytes of trace, ` +
    `${index.length} bytes of index, ` +
    `${memory.toFixed(0)} MiB of memory after ${ROUNDS} conversions`,
  ];
}

if (import.meta.main) {
  const lines = await benchTraces(Number(Deno.args[0] ?? 1_000_000));
  Deno.stdout.writeSync(new TextEncoder().encode(`${lines.join("\n")}\n`));
}
