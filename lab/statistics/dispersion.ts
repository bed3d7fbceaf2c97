/** How many of something were tried in one block, and in how many of them it happened. */
export type BlockCount = readonly [of: number, hits: number];

/**
 * How much more rates differ between blocks than those of independent trials would, at least 1:
 * Pearson's statistic by its degrees of freedom (McCullagh and Nelder, "Generalized linear models",
 * 4.5). Outcomes that come in bursts are worth so many times fewer independent ones.
 */
export function dispersionOf(blocks: readonly BlockCount[]): number {
  const used = blocks.filter(([of]) => of > 0);
  const rate = sumOf(used, 1) / sumOf(used, 0);
  if (used.length < 2 || !(rate > 0 && rate < 1)) return 1;
  const pearson = used.reduce(
    (sum, [of, hits]) => sum + (hits - rate * of) ** 2 / (of * rate * (1 - rate)),
    0,
  );
  return Math.max(1, pearson / (used.length - 1));
}

/** Trials, or hits, of all blocks. */
export function sumOf(blocks: readonly BlockCount[], what: 0 | 1): number {
  return blocks.reduce((sum, block) => sum + block[what], 0);
}
