import type { CommandLine } from "./parse.ts";
import { UsageError } from "./usage_error.ts";

const WHOLE = /^\d+$/;
const DECIMAL = /^\d+(\.\d+)?$/;

/**
 * The number that an option gives; undefined where it is not given.
 *
 * @param limits The least and the greatest that can be used.
 * @param kind "decimal" where it need not be a whole one.
 * @throws {UsageError} If it is no such number.
 */
export function numberOption(
  line: CommandLine,
  name: string,
  [least, most]: readonly [number, number],
  kind: "whole" | "decimal" = "whole",
): number | undefined {
  const text = line.value(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  const fits = (kind === "whole" ? WHOLE : DECIMAL).test(text) && value >= least && value <= most;
  if (fits) return value;
  throw new UsageError(
    `Cannot use --${name} '${text}': expected a number from ${least} to ${most}`,
  );
}

/** What the ring buffer of one CPU may take, KiB. */
export const BUFFER_KB = [64, 4 << 20] as const;
