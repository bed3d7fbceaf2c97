/** Run ids. */

/** `20261121T010438Z-local-3fa2`: the time of the start in UTC, the host, four hex digits. */
export const RUN_ID = /^\d{8}T\d{6}Z-[A-Za-z0-9][A-Za-z0-9._-]{0,47}-[0-9a-f]{4}$/;

/**
 * A new run id: start in UTC, host, four random hex digits, so that ids sort by time.
 *
 * @param startedAt The start of the run.
 * @param hostName The host's name; characters that an id may not hold become dashes.
 * @throws {RangeError} If `startedAt` is not a valid date.
 */
export function newRunId(startedAt: Date, hostName: string): string {
  const time = startedAt.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const host = hostName.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  const random = crypto.getRandomValues(new Uint16Array(1))[0]!;
  return `${time}-${host.slice(0, 40) || "host"}-${random.toString(16).padStart(4, "0")}`;
}

/** Whether a name is a run id, and therefore safe as the name of a directory. */
export function isRunId(name: string): boolean {
  return RUN_ID.test(name);
}

/**
 * The start that a run id states, in milliseconds since 1970.
 *
 * @returns `null` if the name is no run id or states an impossible time.
 */
export function startOfRunId(name: string): number | null {
  if (!isRunId(name)) return null;
  const iso = name.replace(/^(....)(..)(..)T(..)(..)(..)Z.*$/, "$1-$2-$3T$4:$5:$6Z");
  const start = Date.parse(iso);
  return Number.isNaN(start) ? null : start;
}
