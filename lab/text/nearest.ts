/**
 * The names most like a wanted one, best first: those that contain it, then by edit distance.
 *
 * @param count How many to return at most.
 */
export function nearest(wanted: string, names: readonly string[], count: number): string[] {
  const rated = names.map((name) => ({
    name,
    distance: name.includes(wanted) ? 0 : editDistance(wanted, name),
  }));
  rated.sort((left, right) => left.distance - right.distance);
  return rated.slice(0, count).map((entry) => entry.name);
}

/** How many characters have to be inserted, removed or replaced to turn one text into the other. */
export function editDistance(left: string, right: string): number {
  let above = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replaced = above[column - 1]! + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, above[column]! + 1, current[column - 1]! + 1));
    }
    above = current;
  }
  return above[right.length]!;
}
