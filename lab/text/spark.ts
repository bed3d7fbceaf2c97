import type { RenderOptions } from "./style.ts";

const BLOCKS = [..." ▁▂▃▄▅▆▇█"];
const ASCII = [..." .:-=+*#"];

/**
 * A histogram in one line: one character for each count, the highest for the greatest.
 *
 * A cell that holds anything is never blank, so that a few outliers stay visible.
 */
export function spark(
  counts: readonly number[],
  options: Partial<RenderOptions> = {},
): string {
  const levels = options.unicode === false ? ASCII : BLOCKS;
  const greatest = Math.max(...counts, 0);
  return counts.map((count) => {
    if (count <= 0) return levels[0]!;
    return levels[Math.max(1, Math.round(count / greatest * (levels.length - 1)))]!;
  }).join("");
}
