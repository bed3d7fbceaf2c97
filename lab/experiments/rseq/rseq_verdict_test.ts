import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { judgeRseq, type RseqFacts } from "./rseq_verdict.ts";
import { sampleTurns } from "../../testdata/sample_rseq.ts";

function facts(changes: Partial<RseqFacts> = {}): RseqFacts {
  return {
    role: "aimed",
    available: true,
    reason: null,
    starved: false,
    called: sampleTurns({ restarted: 20_000 }),
    quiet: sampleTurns(),
    ...changes,
  };
}

function bystander(changes: Partial<RseqFacts> = {}): RseqFacts {
  return facts({ role: "bystander", called: sampleTurns(), ...changes });
}

const CASES: readonly [string, RseqFacts, string, string][] = [
  ["each call restarts", facts(), "restarted", "fewer than 0.016 % of calls leave it running"],
  [
    "each call restarts by switching the sibling out, as SlowFence does",
    facts({ called: sampleTurns({ switched: 20_000 }) }),
    "restarted",
    "each of 20000 calls",
  ],
  [
    "a single call of 20 000 leaves the section running",
    facts({ called: sampleTurns({ restarted: 19_999 }) }),
    "not-restarted",
    "1 of 20000 calls left the section running",
  ],
  [
    "a call leaves it running before a thread stands still",
    facts({ called: sampleTurns({ turns: 1 }), starved: true }),
    "not-restarted",
    "1 of 1 calls",
  ],
  [
    "too few calls to exclude one in a hundred",
    facts({ called: sampleTurns({ turns: 299, restarted: 299 }) }),
    "not-discriminable",
    "up to 1.1 % of calls may leave it running",
  ],
  [
    "preemption explains what calls seem to do",
    facts({ quiet: sampleTurns({ switched: 19_900, restarted: 50 }) }),
    "not-discriminable",
    "without a call 19950 of 20000 turns",
  ],
  ["a starved thread", facts({ starved: true }), "starved", "did not get to run"],
  [
    "a sibling that was never seen",
    facts({ called: sampleTurns({ turns: 0 }) }),
    "starved",
    "0 calls",
  ],
  [
    "a technique that cannot be used",
    facts({ available: false, reason: "rseq: ENOSYS", called: sampleTurns({ turns: 0 }) }),
    "not-discriminable",
    "could not be used here: rseq: ENOSYS",
  ],
  [
    "a technique that failed this time",
    facts({ available: false, outcome: "failed", reason: "EINTR" }),
    "not-discriminable",
    "measuring failed, which says nothing of it: EINTR",
  ],
  [
    "a call leaves it running before another one fails",
    facts({ available: false, outcome: "failed", called: sampleTurns({ turns: 7 }) }),
    "not-restarted",
    "7 of 7 calls",
  ],
  ["a bystander is left alone", bystander(), "spared", "fewer than 0.019 % of calls do so"],
  [
    "a bystander that the scheduler restarts now and then",
    bystander({
      called: sampleTurns({ restarted: 3, switched: 400 }),
      quiet: sampleTurns({ restarted: 2 }),
    }),
    "spared",
    "3 of 19600 calls",
  ],
  [
    "one call in a hundred restarts a bystander",
    bystander({ called: sampleTurns({ restarted: 200 }), quiet: sampleTurns({ restarted: 3 }) }),
    "not-spared",
    "200 of 20000 calls restarted a sibling on another CPU",
  ],
  [
    "a bystander before too few calls",
    bystander({ called: sampleTurns({ turns: 300 }), quiet: sampleTurns({ turns: 300 }) }),
    "not-discriminable",
    "up to 1.3 % of calls may do so",
  ],
];

for (const [name, given, verdict, words] of CASES) {
  Deno.test(`judgeRseq(): ${name}: ${verdict}`, () => {
    const judged = judgeRseq(given);
    assertEquals(judged.verdict, verdict);
    assertStringIncludes(judged.why, words);
    const favourable = verdict === "restarted" || verdict === "spared";
    assertEquals(judged.excluded !== null, favourable);
    if (favourable) assert(judged.excluded! <= 0.01);
  });
}
