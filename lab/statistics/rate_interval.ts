import { gammaln } from "simple-statistics";

import { CONFIDENCE } from "./order_ranks.ts";

/** Ends of the interval that holds a rate, from 0 to 1. */
export interface RateInterval {
  low: number;
  high: number;
}

/**
 * The confidence interval of a rate, 95 % unless said otherwise, of which `hits` of `of` trials were seen.
 *
 * Clopper and Pearson 1934, "The use of confidence or fiducial limits illustrated in the case of
 * the binomial": exact, so that each end is wrong in at most half of the rest of all cases however
 * few the hits are. Wilson's, which is narrower, gives seven times as much for one hit in a hundred.
 * Trials are taken as independent; of dependent ones both numbers are divided by their dispersion
 * before, and need not be whole.
 */
export function rateInterval(hits: number, of: number, confidence = CONFIDENCE): RateInterval {
  if (of === 0) return { low: 0, high: 1 };
  const misses = of - hits;
  const tail = (1 - confidence) / 2;
  return {
    low: hits === 0 ? 0 : betaQuantile(tail, hits, misses + 1),
    high: misses === 0 ? 1 : betaQuantile(1 - tail, hits + 1, misses),
  };
}

/** Where the beta distribution has reached a share, by bisection. */
function betaQuantile(share: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let middle = 0.5; middle > low && middle < high; middle = (low + high) / 2) {
    if (betaShare(middle, a, b) < share) low = middle;
    else high = middle;
  }
  return low;
}

/** The share of a beta distribution below x: the regularised incomplete beta function. */
function betaShare(x: number, a: number, b: number): number {
  // The fraction below converges fast on this side only (DLMF 8.17.4)
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(1 - x, b, a);
  const logarithm = gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) +
    b * Math.log1p(-x);
  return Math.exp(logarithm) / a / continuedFraction(x, a, b);
}

/** DLMF 8.17.22, evaluated from the front by Lentz's method. */
function continuedFraction(x: number, a: number, b: number): number {
  let [value, c, d] = [1, 1, 0];
  for (let step = 1, factor = 0; Math.abs(factor - 1) > 1e-13; step++) {
    const m = step >> 1;
    const term = step % 2 === 0
      ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + term * d);
    c = 1 + term / c;
    value *= factor = c * d;
  }
  return value;
}
