/** Records raw pages of this machine in a tracefs instance of its own, for tests and benches. */

import { headerPage, pageLayout } from "../fixtures/traces/page_maker.ts";

const TRACEFS = "/sys/kernel/tracing";

/** Events whose every field the decoder is compared on, and some more. */
const EVENTS = [
  "ipi",
  "csd",
  "irq_vectors",
  "tlb",
  "sched/sched_switch",
  "sched/sched_waking",
  "sched/sched_wakeup",
  "raw_syscalls",
  "irq",
];

/** Whether instances can be made: tracefs is mounted and this process may write there. */
export function canRecord(): boolean {
  try {
    return Deno.statSync(`${TRACEFS}/instances`).isDirectory && Deno.uid() === 0;
  } catch {
    return false;
  }
}

/**
 * Records while a command runs and writes a capture directory (format fencelab.capture/1).
 *
 * @param dir Directory that exists.
 * @param kilobytes Buffer of each CPU; the newest events stay.
 */
export async function record(
  dir: string,
  command: readonly [string, ...string[]],
  kilobytes: number,
): Promise<void> {
  const instance = `${TRACEFS}/instances/fencelab-test-${Deno.pid}`;
  const set = (name: string, value: string): void =>
    Deno.writeTextFileSync(`${instance}/${name}`, value);
  Deno.mkdirSync(instance);
  try {
    set("tracing_on", "0");
    set("trace_clock", "boot");
    set("buffer_size_kb", String(kilobytes));
    for (const event of EVENTS) {
      // Not every kernel has all
      if (exists(`${instance}/events/${event}/enable`)) set(`events/${event}/enable`, "1");
    }
    copyFormats(dir);
    set("tracing_on", "1");
    const [program, ...args] = command;
    await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output();
    set("trace_marker", "fencelab free text");
    set("tracing_on", "0");
    const cpus = [...Array(navigator.hardwareConcurrency).keys()];
    for (const cpu of cpus) {
      await copyPages(`${instance}/per_cpu/cpu${cpu}`, `${dir}/cpu${cpu}.raw`);
    }
    describe(dir, cpus);
  } finally {
    Deno.removeSync(instance);
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function copyFormats(dir: string): void {
  const events = [...EVENTS, "ftrace/print"].flatMap((event) => {
    if (!exists(`${TRACEFS}/events/${event}`)) return [];
    if (event.includes("/")) return [event];
    return [...Deno.readDirSync(`${TRACEFS}/events/${event}`)]
      .filter(({ isDirectory }) => isDirectory).map(({ name }) => `${event}/${name}`);
  });
  for (const event of events) {
    Deno.mkdirSync(`${dir}/events/${event.split("/")[0]}`, { recursive: true });
    const text = Deno.readTextFileSync(`${TRACEFS}/events/${event}/format`);
    Deno.writeTextFileSync(`${dir}/events/${event}.format`, text);
  }
}

/** Reading blocks when there is nothing more, except with O_NONBLOCK, which Deno has no way to ask for. */
async function copyPages(from: string, to: string): Promise<void> {
  const args = [`if=${from}/trace_pipe_raw`, `of=${to}`, "bs=4096", "iflag=nonblock"];
  await new Deno.Command("dd", { args, stderr: "null" }).output();
}

function describe(dir: string, cpus: readonly number[]): void {
  const symbols = Deno.readTextFileSync("/proc/kallsyms").match(/^\S+ [tTwW] .*$/gm) ?? [];
  Deno.writeTextFileSync(`${dir}/kallsyms`, `${symbols.join("\n")}\n`);
  Deno.writeTextFileSync(`${dir}/header_page`, headerPage(pageLayout(4096, true)));
  const capture = {
    schema: "fencelab.capture/1",
    arch: Deno.build.arch,
    kernel: Deno.osRelease(),
    pageSize: 4096,
    littleEndian: true,
    cpus,
    clock: "boot",
  };
  Deno.writeTextFileSync(`${dir}/capture.json`, JSON.stringify(capture));
}
