/** Versions of Debian's packages: deb-version(7). */

/** Upstream's part: "6.12.107" of "6.12.107-1", "6.1.119" of "6.1.119-1~bpo11+1". */
export function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, "").replace(/-[^-]*$/, "");
}

/** Orders versions as dpkg does; less than nought if the first one is older. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [partsOf(one), partsOf(other)];
  for (const at of [0, 1, 2]) {
    const order = comparePart(left[at]!, right[at]!);
    if (order !== 0) return order;
  }
  return 0;
}

/** Epoch, upstream's version and Debian's revision. */
function partsOf(version: string): string[] {
  const [, epoch = "0", rest = ""] = /^(?:(\d+):)?(.*)$/.exec(version) ?? [];
  const dash = rest.lastIndexOf("-");
  return dash < 0 ? [epoch, rest, "0"] : [epoch, rest.slice(0, dash), rest.slice(dash + 1)];
}

/** Words and numbers take turns; numbers count by value. */
function comparePart(one: string, other: string): number {
  const [left, right] = [runsOf(one), runsOf(other)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [a, b] = [left[at] ?? "", right[at] ?? ""];
    const order = at % 2 === 0 ? compareWords(a, b) : Number(a) - Number(b);
    if (order !== 0) return order;
  }
  return 0;
}

/** Words and numbers by turns; a word comes first, if only an empty one. */
function runsOf(part: string): string[] {
  const runs = part.match(/\d+|\D+/g) ?? [];
  return /^\d/.test(part) ? ["", ...runs] : runs;
}

/** `~` comes before the end, then letters, then all else. */
function compareWords(one: string, other: string): number {
  const rank = (character: string | undefined): number => {
    if (character === undefined) return 0;
    if (character === "~") return -1;
    return character.charCodeAt(0) + (/[a-z]/i.test(character) ? 0 : 256);
  };
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const order = rank(one[at]) - rank(other[at]);
    if (order !== 0) return order;
  }
  return 0;
}
