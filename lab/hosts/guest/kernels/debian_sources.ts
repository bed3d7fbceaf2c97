/**
 * Debian's entries in apt's sources, in both formats of sources.list(5).
 *
 * The lab names no mirror: it asks the one that this machine is set up for.
 */

/** An archive as apt is told about it. */
export interface AptSource {
  readonly uri: string;
  /** Options in the words of the deb822 format, such as `Signed-By`; a value may have several lines. */
  readonly options: Readonly<Record<string, string>>;
}

/** The archive and, if the machine asks one, the archive of security updates. */
export interface DebianSources {
  readonly archive: AptSource;
  readonly security: AptSource | null;
}

/** A file of apt's sources. */
export interface SourcesFile {
  readonly name: string;
  readonly text: string;
}

interface Entry extends AptSource {
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** Options that say how an archive is checked; all others are about what is fetched from it. */
const KEPT_OPTIONS: Readonly<Record<string, string>> = {
  "signed-by": "Signed-By",
  "trusted": "Trusted",
  "check-valid-until": "Check-Valid-Until",
  "check-date": "Check-Date",
  "by-hash": "By-Hash",
};

/** Debian's suites and code names since its archive has arm64 and ppc64el. */
const SUITE =
  /^(?:(?:old){0,2}stable|testing|unstable|sid|jessie|stretch|buster|bullseye|bookworm|trixie|forky|duke)(?<pocket>[-/].+)?$/;

/** Debian's own keyrings for its archive; each release adds a key, and all of them are in here. */
const DEBIAN_KEYRING = /\/debian-archive-[^/\s]*$/;

/**
 * The archives that a machine's sources name, or `null` if none is Debian's.
 *
 * What apt does not say outright is told from the entry: a Debian suite with component main, from
 * a place called `debian`. Entries signed by Debian's own keyring are preferred over unsigned
 * ones, these over entries with a keyring of their own, which may be somebody else's packages for
 * Debian. Within that, the first one counts.
 */
export function debianSources(files: readonly SourcesFile[]): DebianSources | null {
  const entries = files.flatMap(({ name, text }) =>
    name.endsWith(".sources") ? stanzaEntries(text) : lineEntries(text)
  ).filter((entry) => entry.components.includes("main"));
  const archive = best(entries.filter((entry) => hasSuite(entry, (pocket) => pocket === "")));
  if (archive === null) return null;
  const security = best(
    entries.filter((entry) =>
      hasSuite(entry, (pocket) => /^(?:-security|\/updates)$/.test(pocket))
    ),
  );
  return { archive, security };
}

function hasSuite(entry: Entry, wanted: (pocket: string) => boolean): boolean {
  return entry.suites.some((suite) => {
    const match = SUITE.exec(suite);
    return match !== null && wanted(match.groups!["pocket"] ?? "");
  });
}

function best(entries: readonly Entry[]): AptSource | null {
  const ranked = entries.map((entry) => ({ entry, rank: rankOf(entry) }))
    .filter(({ rank }) => rank !== null)
    .sort((one, other) => one.rank! - other.rank!); // a stable sort: the first one wins a draw
  const entry = ranked[0]?.entry;
  return entry === undefined ? null : { uri: entry.uri, options: entry.options };
}

/** Less is more surely Debian's; `null` if it is not. */
function rankOf({ uri, options }: Entry): number | null {
  const keyring = options["Signed-By"];
  if (keyring !== undefined && DEBIAN_KEYRING.test(keyring)) return 0;
  // Also snapshots, `debian/20250520T000000Z`, and lists of mirrors, `debian.list`
  const named = /\/debian[^/]*(?:\/\d{8}T\d{6}Z)?\/?$/.test(uri);
  if (!named) return null;
  return keyring === undefined ? 1 : 2;
}

/** Entries of the one-line format: `deb [option=value …] uri suite component…`. */
function lineEntries(text: string): Entry[] {
  const entries: Entry[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[(?<options>[^\]]*)\]\s+)?(?<rest>[^#]*)/.exec(line);
    if (match === null) continue;
    const [uri = "", suite = "", ...components] = match.groups!["rest"]!.trim().split(/\s+/);
    const options: Record<string, string> = {};
    for (const [, key, value] of (match.groups!["options"] ?? "").matchAll(/(\S+?)=(\S*)/g)) {
      keepOption(options, key!, value!);
    }
    entries.push({ uri, options, suites: [suite], components });
  }
  return entries;
}

/** Entries of the deb822 format; one stanza may name several archives. */
function stanzaEntries(text: string): Entry[] {
  const entries: Entry[] = [];
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  for (const stanza of lines.join("\n").split(/\n\s*\n/)) {
    const fields = new Map(
      [...stanza.matchAll(/^([\w-]+)[ \t]*:(.*(?:\n[ \t].*)*)/gm)]
        .map(([, key, value]) => [key!.toLowerCase(), value!.trim()]),
    );
    const words = (key: string): string[] => fields.get(key)?.split(/\s+/) ?? [];
    if (
      !words("types").includes("deb") || /^(?:no|false|0|off)$/.test(fields.get("enabled") ?? "")
    ) {
      continue;
    }
    const options: Record<string, string> = {};
    for (const [key, value] of fields) keepOption(options, key, value);
    for (const uri of words("uris")) {
      entries.push({ uri, options, suites: words("suites"), components: words("components") });
    }
  }
  return entries;
}

function keepOption(options: Record<string, string>, key: string, value: string): void {
  const name = KEPT_OPTIONS[key.toLowerCase()];
  if (name !== undefined) options[name] = value;
}
