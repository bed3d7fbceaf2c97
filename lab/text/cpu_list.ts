/**
 * The kernel's notation for sets of CPUs: "0-3,8,10-11".
 *
 * @module
 */

/** A CPU list that does not follow the kernel's notation. */
export class CpuListError extends Error {
  override name = "CpuListError";
}

/** More CPUs than any Linux kernel can be built for (NR_CPUS ends at 8192), to bound the work. */
const CPU_LIMIT = 65536;

/**
 * Reads a CPU list.
 *
 * @param text Such as "0-3,8,10-11\n", with strides ("0-10:2/5") as cmdline options allow; empty
 * text is the empty set.
 * @returns CPU numbers, ascending, each once.
 * @throws {CpuListError} If the text is something else.
 */
export function parseCpuList(text: string): number[] {
  const trimmed = text.trim();
  // The kernel prints "(null)" for masks it never allocated, as nohz_full without that option.
  if (trimmed === "" || trimmed === "(null)") return [];
  const cpus = new Set<number>();
  for (const range of trimmed.split(",")) addRange(cpus, range, text);
  return [...cpus].sort((a, b) => a - b);
}

/**
 * Reads a CPU list that may be missing or, on an odd machine, be no list.
 *
 * @returns null if there is no readable list.
 */
export function tryCpuList(text: string | null | undefined): number[] | null {
  if (text === null || text === undefined) return null;
  try {
    return parseCpuList(text);
  } catch (error) {
    if (error instanceof CpuListError) return null;
    throw error;
  }
}

/** Writes CPU numbers in the kernel's notation: `[0, 1, 2, 5]` is "0-2,5". */
export function formatCpuList(cpus: readonly number[]): string {
  const sorted = [...new Set(cpus)].sort((a, b) => a - b);
  const ranges: string[] = [];
  let first = sorted[0];
  for (const [index, cpu] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === cpu + 1) continue;
    ranges.push(first === cpu ? `${cpu}` : `${first}-${cpu}`);
    first = next;
  }
  return ranges.join(",");
}

function addRange(cpus: Set<number>, range: string, whole: string): void {
  const match = /^(\d+)(?:-(\d+)(?::(\d+)\/(\d+))?)?$/.exec(range);
  if (match === null) throw listError(whole, `'${range}' is neither a CPU nor a range`);
  const first = Number(match[1]);
  const last = Number(match[2] ?? first);
  // "a-b:used/group" takes the first `used` of each `group` CPUs.
  const used = Number(match[3] ?? 1);
  const group = Number(match[4] ?? 1);
  if (last < first) throw listError(whole, `the range '${range}' runs backwards`);
  if (last >= CPU_LIMIT) throw listError(whole, `CPU ${last} is beyond any kernel's limit`);
  if (group === 0 || used > group) throw listError(whole, `the stride of '${range}' is impossible`);
  for (let cpu = first; cpu <= last; cpu++) {
    if ((cpu - first) % group < used) cpus.add(cpu);
  }
}

function listError(whole: string, cause: string): CpuListError {
  return new CpuListError(
    `Cannot read CPU list '${whole.trim()}': ${cause}. Remedy: write it as in '0-3,8,10-11'`,
  );
}
