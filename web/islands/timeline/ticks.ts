/** Marks of the time axis. */

/** Units of time, ns, from the greatest. */
const UNITS = [["s", 1e9], ["ms", 1e6], ["µs", 1e3], ["ns", 1]] as const;

/** Where marks are, and how they are named. */
export interface Ticks {
  /** The first mark at or after the begin of what is visible, ns. */
  readonly first: number;
  /** From one mark to the next, ns: 1, 2 or 5 times a power of ten. */
  readonly step: number;
  /** What the labels count from, ns; 0 unless they would otherwise be long. */
  readonly base: number;
  /** The unit of the labels. */
  readonly unit: string;
  /** That unit, ns. */
  readonly unitNs: number;
}

/**
 * Chooses marks.
 *
 * @param from The first visible time, ns.
 * @param to The last.
 * @param most The greatest number of marks that have room.
 */
export function ticksOf(from: number, to: number, most: number): Ticks {
  const step = stepOf((to - from) / Math.max(most, 1));
  const [unit, unitNs] = UNITS.find(([, size]) => size <= step) ?? UNITS[3];
  // More than six digits of a unit say where in the trace, not how far apart things are
  const base = to / unitNs < 1e5 ? 0 : Math.floor(from / (unitNs * 1000)) * unitNs * 1000;
  return { first: Math.ceil(from / step) * step, step, base, unit, unitNs };
}

/** The least of 1, 2, 5 times a power of ten that is not below. Times are whole nanoseconds. */
function stepOf(least: number): number {
  if (least <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) if (factor * power >= least) return factor * power;
  return 10 * power;
}

/** The label of a mark: "1.5 ms", or "+250 µs" where a base is shown beside. */
export function tickLabel(at: number, { base, step, unit, unitNs }: Ticks): string {
  const digits = Math.max(0, Math.round(Math.log10(unitNs)) - Math.floor(Math.log10(step)));
  const text = ((at - base) / unitNs).toFixed(digits);
  return `${base > 0 ? "+" : ""}${text} ${unit}`;
}

/** A time since the trace's begin to the nanosecond, in groups: "12.345 678 901 s". */
export function exactTime(ns: number): string {
  const whole = Math.round(ns);
  const fraction = String(whole % 1e9).padStart(9, "0");
  return `${Math.floor(whole / 1e9)}.${fraction.replace(/(\d{3})(\d{3})(\d{3})/, "$1 $2 $3")} s`;
}
