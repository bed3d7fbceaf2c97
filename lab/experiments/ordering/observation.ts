/**
 * The line that litmus7 (herdtools7) prints of a test: how often its weak outcome was seen, then the
 * numbers of weak and of other outcomes.
 */
export function observationOf(test: string, weak: number, iterations: number): string {
  const often = weak === 0 ? "Never" : weak === iterations ? "Always" : "Sometimes";
  return `Observation ${test} ${often} ${weak} ${iterations - weak}`;
}
