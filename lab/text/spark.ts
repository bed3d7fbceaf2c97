const LEVELS = [..." ▁▂▃▄▅▆▇█"];

/**
 * A histogram in one line: one character for each count, the highest for the greatest.
 *
 * A cell that holds anything is never blank, so that a few outliers stay visible.
 */
export function spark(counts: readonly number[]): string {
  const greatest = Math.max(...counts, 0);
  return counts.map((count) => {
    if (count <= 0) return LEVELS[0]!;
    return LEVELS[Math.max(1, Math.round(count / greatest * (LEVELS.length - 1)))]!;
  }).join("");
}
