/** Where the guide says more about a term of a table: a page and its heading. */

/** Terms as tables and lists of terms show them, by where they are explained. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  "README#words": [
    "asymmetric fence",
    "light side",
    "heavy side",
    "technique",
    "sibling",
    "caller, sibling",
    "host",
  ],
  "README#techniques": ["…-untouched (dashed)"],
  "tables#emulated-hosts": ["emulated"],
  "tables#cost-of-one-operation": ["p50, p99, p99.9", "kept", "dropped", "IPIs/op", "×N", "shape"],
  "tables#techniques-at-a-glance": ["promised", "interrupts", "caller"],
  "tables#refused-and-failed": ["not available", "failed"],
  "tables#warnings": ["W003, …", "invalidates"],
  "ordering#verdicts": [
    "ordered",
    "not-ordered",
    "not-discriminable",
    "starved",
  ],
  "ordering#evidence": [
    "forbidden",
    "power",
    "failing calls",
    "witness, delay's",
    "cost, clogged",
    "clog",
  ],
  "ordering#controls-scenarios-and-mutants": ["mutant"],
  "core-sync#the-table": ["stale, calls", "modifications", "stale after the end"],
  "rcu#flavours": ["flavour", "mb", "mb-mfence", "membarrier-dyncheck", "qsbr"],
  "rcu#operations": ["lock+unlock", "grace period", "reads/mb", "reads/mb-mfence"],
  "rcu#torture": [
    "stale",
    "no-stale-readers",
    "stale-readers",
    "stale without fences",
    "failing grace periods",
  ],
  "rseq#the-table": ["went on", "switched out", "without a call", "excluded"],
  "rseq#its-verdicts": ["restarted, not-restarted", "spared, not-spared"],
  "disturbance#the-table": [
    "victim",
    "calls/s",
    "quiet, storm",
    "block medians",
    "stolen",
    "woken",
  ],
  "disturbance#effects": ["hurt, unharmed, unclear"],
  "traces#capture": [
    "perf",
    "CPUs",
    "enter → send",
    "send → entry",
    "handler",
    "exit → return",
    "function",
  ],
  "fallbacks#whether-a-rung-is-sound": [
    "by contract",
    "observed",
    "unsound",
    "unknown",
    "no fence",
  ],
};

const TERMS: ReadonlyMap<string, string> = new Map(
  Object.entries(PLACES).flatMap(([place, terms]) =>
    terms.map((term) => [term, `/guide/${place}`.replace("/README", "")] as const)
  ),
);

/** The address that says more about a term; null: the term says it all. */
export function guideAddress(term: string): string | null {
  return TERMS.get(term) ?? null;
}

/** All terms with their addresses. */
export function guideTerms(): ReadonlyMap<string, string> {
  return TERMS;
}
