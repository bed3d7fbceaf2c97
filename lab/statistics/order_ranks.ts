/** Share of intervals that hold the true value, everywhere in fencelab. */
export const CONFIDENCE = 0.95;

/** Ranks of ordered samples, from 1; `null` where there are too few samples for that end. */
export interface Ranks {
  low: number | null;
  high: number | null;
}

// Standard deviations: what lies beyond is below 1e-8, far less than what a tail may hold.
const REACH = 6;

/**
 * The samples between which a quantile of the population lies with 95 % confidence, whatever its
 * distribution: of n samples, the number below the quantile follows the binomial distribution.
 *
 * Source: David and Nagaraja, Order Statistics, 3rd edition, section 7.1. The probabilities are
 * exact; each tail holds at most 2.5 %.
 *
 * @param samples Their number, from 0.
 * @param share The quantile: 0.5 for the median; between 0 and 1, both excluded.
 */
export function quantileRanks(samples: number, share: number): Ranks {
  const mode = Math.min(samples, Math.floor((samples + 1) * share));
  const reach = Math.ceil(REACH * Math.sqrt(samples * share * (1 - share))) + REACH;
  const first = Math.max(0, mode - reach);
  const last = Math.min(samples, mode + reach);
  const weights = binomialWeights(samples, share, mode, first, last);
  const tail = weights.reduce((sum, weight) => sum + weight, 0) * (1 - CONFIDENCE) / 2;
  // P(X <= low - 1) and P(X >= high) are at most the tail, as narrow as that allows.
  let low = first;
  for (let below = weights[0]!; below <= tail; below += weights[low - first]!) low++;
  let high = last + 1;
  for (let above = weights.at(-1)!; above <= tail; above += weights[high - 1 - first]!) high--;
  return { low: low < 1 ? null : low, high: high > samples ? null : high };
}

/** Probabilities of `first`..`last` successes as multiples of that of the mode. */
function binomialWeights(
  trials: number,
  chance: number,
  mode: number,
  first: number,
  last: number,
): Float64Array {
  const odds = chance / (1 - chance);
  const weights = new Float64Array(last - first + 1);
  weights[mode - first] = 1;
  for (let k = mode + 1; k <= last; k++) {
    weights[k - first] = weights[k - 1 - first]! * odds * (trials - k + 1) / k;
  }
  for (let k = mode - 1; k >= first; k--) {
    weights[k - first] = weights[k + 1 - first]! / odds * (k + 1) / (trials - k);
  }
  return weights;
}
