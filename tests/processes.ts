/** Looking at processes: which are there, and waiting for them to go. */

/** A process as /proc shows it. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly name: string;
}

/** Fields of /proc/PID/stat (proc(5)); the name is in parentheses and may hold anything. */
function parseStat(text: string): Process {
  const close = text.lastIndexOf(")");
  const fields = text.slice(close + 2).split(" ");
  return {
    pid: Number(text.slice(0, text.indexOf(" "))),
    name: text.slice(text.indexOf("(") + 1, close),
    parent: Number(fields[1]),
    session: Number(fields[3]),
  };
}

/** All processes that are there now. */
export function processes(): Process[] {
  const found: Process[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      found.push(parseStat(Deno.readTextFileSync(`/proc/${name}/stat`)));
    } catch {
      // ended between listing and reading
    }
  }
  return found;
}

/** A process and all its descendants. */
export function familyOf(pid: number): Process[] {
  const all = processes();
  const family = all.filter((one) => one.pid === pid);
  for (const member of family) family.push(...all.filter((one) => one.parent === member.pid));
  return family;
}

/** Waits until a condition holds. @throws If it does not within the time, which is generous. */
export async function until(what: string, condition: () => boolean, seconds = 60): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Waited ${seconds} s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether a process with this id and name is there. */
export function alive({ pid, name }: Process): boolean {
  return processes().some((one) => one.pid === pid && one.name === name);
}
