/** Interrupts per operation are the same below this difference; a lost one is a whole number. */
const SAME_INTERRUPTS = 0.1;

/**
 * Whether an operation sends other interrupts on one side than on the other; `false` where they
 * could not be counted. Stray interrupts make small differences.
 */
export function interruptsDiffer(left: number | null, right: number | null): boolean {
  if (left === null || right === null) return false;
  return Math.abs(left - right) > SAME_INTERRUPTS * Math.max(1, left, right);
}
