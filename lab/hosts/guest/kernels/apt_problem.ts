/** What apt complains about, as an error with a remedy. */

import { printable } from "../../../render/printable.ts";
import { HostError } from "../../host_error.ts";
import type { ProgramOutput } from "./run_program.ts";

const OTHER_MIRROR = "give another mirror of Debian with --mirror";

/** apt's words (in the C locale) by cause. The first that matches counts. */
const CAUSES: readonly { readonly words: RegExp; readonly remedy: string }[] = [
  {
    words: /No space left on device|Disk quota exceeded/,
    remedy: "free space there, or set XDG_CACHE_HOME to a larger file system",
  },
  {
    words: /NO_PUBKEY|not signed|GPG error|[Ss]ignatures? |EXPKEYSIG|BADSIG|[Kk]eyring/,
    remedy: `install debian-archive-keyring in its newest version, or ${OTHER_MIRROR}`,
  },
  {
    words: /Hash Sum mismatch|unexpected size|Mirror sync in progress/,
    remedy: `the mirror is damaged or being updated: try again later, or ${OTHER_MIRROR}`,
  },
  {
    words:
      /Could not (?:connect|resolve)|Cannot initiate|Unable to connect|timed out|failure resolving|unreachable/i,
    remedy: `check the network and apt's proxy, or ${OTHER_MIRROR}`,
  },
  {
    words: /does not have a Release file|no longer has a Release file|404 |File not found/,
    remedy: OTHER_MIRROR,
  },
];

/**
 * The error for a run of apt that failed.
 *
 * @param task What failed, as in "Cannot prepare kernel 6.12 for aarch64".
 */
export function aptProblem(task: string, output: ProgramOutput): HostError {
  const complaints = complaintsOf(output.stderr);
  const remedy = CAUSES.find(({ words }) => complaints.some((line) => words.test(line)))?.remedy;
  const first = complaints.find((line) => CAUSES.some(({ words }) => words.test(line))) ??
    complaints[0] ?? "apt failed without a word";
  return new HostError(`${task}: ${printable(first)}. Remedy: ${remedy ?? OTHER_MIRROR}`);
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
