import type { RenderOptions } from "./style.ts";

const UNITS = [["ns", 1], ["µs", 1e3], ["ms", 1e6], ["s", 1e9]] as const;

/**
 * A time with three significant digits in the unit that suits it: "110 ns", "15.9 µs", "8.00 ms".
 *
 * Below a nanosecond the digits end at picoseconds, which is what is measured.
 *
 * @param nanoseconds Not negative.
 */
export function formatNs(
  nanoseconds: number,
  options: Pick<RenderOptions, "unicode"> = {},
): string {
  if (nanoseconds === 0) return "0 ns";
  if (nanoseconds < 0.9995) return `${nanoseconds.toFixed(3)} ns`;
  // 999.7 rounds to a thousand, which belongs to the next unit.
  const fitting = UNITS.find(([, size]) => Number((nanoseconds / size).toPrecision(3)) < 1000);
  if (fitting === undefined) return `${(nanoseconds / 1e9).toFixed(0)} s`;
  const [unit, size] = fitting;
  const name = unit === "µs" && options.unicode === false ? "us" : unit;
  return `${(nanoseconds / size).toPrecision(3)} ${name}`;
}

/** A share as per cent with one digit; "<0.1 %" rather than a nought that is none. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return "<0.1 %";
  return `${(share * 100).toFixed(1)} %`;
}

/** A share that may be small, in per cent: "0.15 %", "23 %". */
export function smallShare(share: number): string {
  return `${(share * 100).toPrecision(share < 0.001 ? 1 : 2)} %`;
}

/** A share that is an upper bound, in per cent with two digits, never rounded below it: "0.016 %". */
export function shareAtMost(share: number): string {
  if (share <= 0) return "0 %";
  const percent = Math.min(1, share) * 100;
  const unit = 10 ** (Math.floor(Math.log10(percent)) - 1);
  // Less than what binary fractions add by themselves is no excess
  return `${Number((Math.ceil(percent / unit - 1e-9) * unit).toPrecision(2))} %`;
}

/** A duration for people: "0.31 s", "12.3 s", "2 min 05 s", "1 h 02 min". */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const pad = (value: number): string => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor(whole % 3600 / 60))} min`;
}

/** A number with its noun: "1 sibling", "2 siblings", "no siblings". */
export function formatCount(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count === 0 ? "no" : count} ${noun}s`;
}
