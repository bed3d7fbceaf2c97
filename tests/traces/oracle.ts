/**
 * Compares a converted capture with trace-cmd's report of the same raw pages, event by event.
 *
 * As a program: `deno run -A tests/traces/oracle.ts [EVENTS]` records on this machine until at least
 * so many events are there (1 000 000), compares, and prints the number of differences.
 *
 * @module
 */

import { convertCapture } from "../../traces/convert/convert.ts";
import { directorySource } from "../fixtures/traces/directory_source.ts";
import { type ReadEvent, TraceReader } from "../fixtures/traces/trace_reader.ts";
import { record } from "./recorder.ts";

/** What a comparison found. */
export interface Comparison {
  readonly events: number;
  readonly fields: number;
  /** By event name. */
  readonly byName: ReadonlyMap<string, number>;
  readonly differences: number;
  /** The first of them. */
  readonly examples: readonly string[];
}

/** `COMM-PID [CPU] SECONDS.NANOSECONDS: EVENT: FIELDS` of `trace-cmd report -t -R`. */
const LINE = /^\s*.+-(\d+)\s+\[(\d+)\]\s+(\d+)\.(\d{9}): (\S+):\s*(.*)$/s;
const MAX_EXAMPLES = 10;

/** Addresses of each symbol: several may have one name. */
type Symbols = ReadonlyMap<string, readonly bigint[]>;

/** Compares all events of a capture directory. */
export async function compareWithTraceCmd(dir: string): Promise<Comparison> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  await convertCapture(directorySource(dir), { write: (chunk) => void chunks.push(chunk) });
  const reader = new TraceReader(new Uint8Array(await new Blob(chunks).arrayBuffer()));
  const symbols = readSymbols(Deno.readTextFileSync(`${dir}/kallsyms`));
  const next = new Map<number, number>();
  const byName = new Map<string, number>();
  const examples: string[] = [];
  let differences = 0;
  let fields = 0;
  const differ = (what: string): void => {
    differences++;
    if (examples.length < MAX_EXAMPLES) examples.push(what);
  };
  for await (const line of reportLines(dir)) {
    const found = LINE.exec(line);
    if (found === null) {
      // "cpus=2", "CPU:1 [899433 EVENTS DROPPED]"
      if (!/^(cpus=|CPU:|version = |CPU \d+ is empty|$)/.test(line)) differ(`unreadable '${line}'`);
      continue;
    }
    const [, pid, cpuText, seconds, nanoseconds, name, rest] = found;
    const cpu = Number(cpuText);
    const index = next.get(cpu) ?? 0;
    next.set(cpu, index + 1);
    const bytes = reader.events.get(cpu)?.[index];
    if (bytes === undefined) {
      differ(`missing: ${line}`);
      continue;
    }
    const event = reader.read(bytes);
    byName.set(event.name, (byName.get(event.name) ?? 0) + 1);
    const time = BigInt(seconds!) * 1_000_000_000n + BigInt(nanoseconds!);
    if (event.time !== time || event.pid !== Number(pid) || event.name !== name) {
      differ(`${event.time} ${event.pid} ${event.name} for: ${line}`);
      continue;
    }
    fields += event.fields.size;
    const wrong = wrongField(event, rest!, symbols);
    if (wrong !== undefined) differ(`${wrong} for: ${line}`);
  }
  let events = 0;
  for (const [cpu, list] of reader.events) {
    events += list.length;
    if (list.length !== (next.get(cpu) ?? 0)) differ(`CPU ${cpu} has ${list.length} events`);
  }
  return { events, fields, byName, differences, examples };
}

/** The first field that differs from the report; `undefined` if none does. */
function wrongField(event: ReadEvent, rest: string, symbols: Symbols): string | undefined {
  const names = [...event.fields.keys()];
  let at = 0;
  for (const [index, name] of names.entries()) {
    if (!rest.startsWith(`${name}=`, at)) return `no field '${name}'`;
    at += name.length + 1;
    const following = names[index + 1];
    const end = following === undefined ? rest.length : rest.indexOf(` ${following}=`, at);
    if (end < 0) return `no field '${following}'`;
    const text = rest.slice(at, end);
    const values = event.fields.get(name)!;
    if (!sameValue(values, text, symbols)) return `${name}=${values.join(",")}`;
    at = end + 1;
  }
  return undefined;
}

function sameValue(values: readonly (bigint | string)[], text: string, symbols: Symbols): boolean {
  const [value] = values;
  const array = /^ARRAY\[(.*)\]$/.exec(text)?.[1];
  if (array !== undefined) return sameArray(values, array.split(", ").map((hex) => `0x${hex}`));
  if (typeof value === "bigint") {
    const number = parseNumber(text);
    if (number !== undefined) {
      return BigInt.asUintN(64, number) === value || BigInt.asUintN(32, number) === value;
    }
    // `%ps` names the function that an address is in
    return addressesOf(text, symbols).some((begin) => value >= begin && value < begin + 4096n);
  }
  if (value!.trimEnd() === text.trimEnd()) return true;
  const ours = addressesOf(value!, symbols);
  return addressesOf(text, symbols).some((address) => ours.includes(address));
}

/** Bytes in hexadecimal against 64-bit numbers, or against the CPUs of a mask. */
function sameArray(values: readonly (bigint | string)[], bytes: readonly string[]): boolean {
  const data = Uint8Array.from(bytes, Number);
  if (typeof values[0] === "string") {
    const cpus = values[0] === "" ? [] : values[0].split(",").map(Number);
    const mask = new Uint8Array(data.length);
    for (const cpu of cpus) mask[cpu >> 3]! |= 1 << cpu % 8;
    return mask.every((byte, index) => byte === data[index]);
  }
  const words = new BigUint64Array(data.buffer);
  return words.length === values.length && words.every((word, index) => word === values[index]);
}

function parseNumber(text: string): bigint | undefined {
  const plain = text.trim();
  if (plain === "(nil)") return 0n;
  if (/^-\d+$/.test(plain)) return -BigInt(plain.slice(1));
  return /^(0x[0-9a-f]+|\d+)$/.test(plain) ? BigInt(plain) : undefined;
}

/** Places that `name+0x1f` may mean. */
function addressesOf(text: string, symbols: Symbols): bigint[] {
  const number = parseNumber(text);
  if (number !== undefined) return [number];
  const [name, offset] = text.trim().split("+");
  return (symbols.get(name!) ?? []).map((address) => address + BigInt(offset ?? 0));
}

function readSymbols(text: string): Symbols {
  const symbols = new Map<string, bigint[]>();
  for (const [, address, name] of text.matchAll(/^(\S+) \S (\S+)/gm)) {
    symbols.set(name!, [...symbols.get(name!) ?? [], BigInt(`0x${address}`)]);
  }
  return symbols;
}

/** Lines of trace-cmd's report; text of trace markers may end with a line break of its own. */
async function* reportLines(dir: string): AsyncGenerator<string> {
  const pages = [...Deno.readDirSync(dir)].map(({ name }) => name)
    .filter((name) => /^cpu\d+\.raw$/.test(name))
    .sort((one, other) => Number(/\d+/.exec(one)) - Number(/\d+/.exec(other)));
  const restored = await new Deno.Command("trace-cmd", {
    args: ["restore", "-o", "oracle.dat", ...pages],
    cwd: dir,
  }).output();
  if (!restored.success) throw new Error(new TextDecoder().decode(restored.stderr));
  const report = new Deno.Command("trace-cmd", {
    args: ["report", "-t", "-R", "-i", "oracle.dat"],
    cwd: dir,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let rest = "";
  for await (const text of report.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  await report.status;
}

if (import.meta.main) {
  const wanted = Number(Deno.args[0] ?? 1_000_000);
  const dir = Deno.makeTempDirSync({ prefix: "fencelab-oracle-" });
  try {
    const load = ["--tlb-shootdown", "1", "--membarrier", "1", "--switch", "1", "-t", "4"] as const;
    // 40 bytes an event on average
    await record(dir, ["stress-ng", ...load], Math.ceil(wanted * 40 / 1024));
    const { events, fields, byName, differences, examples } = await compareWithTraceCmd(dir);
    const lines = [
      ...examples,
      ...[...byName].map(([name, count]) => `${name} ${count}`),
      `${events} events, ${fields} fields, ${differences} differences`,
    ];
    Deno.stdout.writeSync(new TextEncoder().encode(`${lines.join("\n")}\n`));
    Deno.exitCode = differences === 0 && events >= wanted ? 0 : 1;
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}
