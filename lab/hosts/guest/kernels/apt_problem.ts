/** What apt complains about, as an error with a remedy. */

import { printable } from "../../../text/printable.ts";
import { type Fault, KernelProblem } from "./kernel_problem.ts";
import type { ProgramOutput } from "./run_program.ts";

/** The remedy where a mirror lacks something. */
export const OTHER_MIRROR = "give another mirror of Debian with --mirror";

/** apt's words (in the C locale) by cause. The first that matches counts. */
const CAUSES: readonly {
  readonly words: RegExp;
  readonly remedy: string;
  readonly fault: Fault;
}[] = [
  {
    words: /No space left on device|Disk quota exceeded/,
    remedy: "free space there, or set XDG_CACHE_HOME to a larger file system",
    fault: "disk",
  },
  {
    words: /is expired|is not valid yet/,
    remedy: "the mirror is not kept up to date, or this machine's clock is wrong: set the clock, " +
      `try again later, or ${OTHER_MIRROR}`,
    fault: "offer",
  },
  {
    words: /NO_PUBKEY|not signed|GPG error|[Ss]ignatures? |EXPKEYSIG|BADSIG|[Kk]eyring/,
    remedy: `install debian-archive-keyring in its newest version, or ${OTHER_MIRROR}`,
    fault: "trust",
  },
  {
    words: /Hash Sum mismatch|unexpected size|Mirror sync in progress/,
    remedy: `the mirror is damaged or being updated: try again later, or ${OTHER_MIRROR}`,
    fault: "offer",
  },
  {
    words: /cache file is corrupted|could not be parsed|Unable to parse/,
    remedy: `try again, or ${OTHER_MIRROR}`,
    fault: "lists",
  },
  {
    words:
      /Could not (?:connect|resolve|handshake)|Cannot initiate|Unable to connect|Connection (?:failed|timed out)|timed out|failure resolving|unreachable|closed connection|network require authentication|Certificate verification failed/i,
    remedy: `check the network and apt's proxy, or ${OTHER_MIRROR}`,
    fault: "network",
  },
  {
    // apt gives a server's answer as "404  Not Found"
    words:
      /does not have a Release file|no longer has a Release file|\b[45]\d\d  ?\w|File not found|Can't find a source|Unable to locate|does not have the component/,
    remedy: OTHER_MIRROR,
    fault: "offer",
  },
];

/**
 * The error for a run of apt that failed.
 *
 * @param task What failed, as in "Cannot read the list of trixie".
 */
export function aptProblem(task: string, output: ProgramOutput): KernelProblem {
  const complaints = complaintsOf(output.stderr);
  const cause = CAUSES.find(({ words }) => complaints.some((line) => words.test(line)));
  const first = complaints.find((line) => CAUSES.some(({ words }) => words.test(line))) ??
    complaints[0] ?? "apt failed without a word";
  return new KernelProblem(
    task,
    printable(first.replace(/ \[IP: [^\]]*\]$/, "")),
    cause?.remedy ?? OTHER_MIRROR,
    cause?.fault ?? "other",
  );
}

/** Whether apt says that it could not fetch everything; older versions exit with 0 all the same. */
export function fetchFailed({ success, stderr }: ProgramOutput): boolean {
  return !success || /^W: Failed to fetch/m.test(stderr);
}

/** apt's errors and warnings, errors first; details on lines of their own are left out. */
function complaintsOf(stderr: string): string[] {
  const lines = stderr.split("\n");
  return ["E: ", "W: "].flatMap((mark) =>
    lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length).trim())
  );
}
