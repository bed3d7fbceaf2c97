/** The 97.5 % point of the normal distribution: half-width of a 95 % interval in its deviations. */
const NORMAL_975 = 1.959963984540054;

/**
 * The 97.5 % point of Student's t distribution: half-width of a 95 % interval for a mean.
 *
 * Exact for 1 and 2 degrees of freedom; else Hill's expansion (Communications of the ACM 13, 1970,
 * algorithm 396), right to four digits and more.
 *
 * @param freedom Degrees of freedom, an integer from 1.
 * @throws {RangeError} If there are none.
 */
export function studentT975(freedom: number): number {
  if (!(freedom >= 1)) {
    throw new RangeError(
      `Cannot take Student's t: ${freedom} degrees of freedom, expected 1 or more`,
    );
  }
  const tails = 0.05;
  if (freedom === 1) return Math.tan((1 - tails) * Math.PI / 2);
  if (freedom === 2) return Math.sqrt(2 / (tails * (2 - tails)) - 2);
  const a = 1 / (freedom - 0.5);
  const b = 48 / (a * a);
  let c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt(a * Math.PI / 2) * freedom;
  let y = (d * tails) ** (2 / freedom);
  if (y > 0.05 + a) {
    const x = -NORMAL_975;
    y = x * x;
    if (freedom < 5) c += 0.3 * (freedom - 4.5) * (x + 0.6);
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = Math.expm1(a * y * y);
  } else {
    y = ((1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2) * 3) +
              0.5 / (freedom + 4)) * y - 1) * (freedom + 1) / (freedom + 2) + 1 / y;
  }
  return Math.sqrt(freedom * y);
}
