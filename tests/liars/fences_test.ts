/**
 * Fences that look right and are not: none of them may be told to order what it does not. That
 * something cannot be told is always allowed, for it is what a busy machine leaves. Which weaker
 * rules have believed them is told in weakened_rules_test.ts.
 */

import { assert, assertEquals } from "@std/assert";

import { resultsIn } from "../../lab/experiments/run/results_in.ts";
import { measuredOf } from "../../lab/ladders/measured.ts";
import { soundnessOf } from "../../lab/ladders/soundness.ts";
import { build } from "../fixtures/doors.ts";
import { cpus, hasProgram, needs } from "../fixtures/needs.ts";
import { hear, passedChecks, type Said, verdictsOn, wordsOf } from "./company.ts";

const NEEDED = { "a C compiler": hasProgram("gcc"), "two CPUs": cpus >= 2 };

/** What a liar does not order. */
interface Lie {
  /** Accesses of the sibling, of the caller, or of both. */
  readonly breaks: readonly ("technique" | "caller")[];
  /** Share of calls that order nothing; all, where it is not said. */
  readonly share?: number;
  /** It interrupts the sibling. */
  readonly interrupts?: true;
}

const LIARS: Readonly<Record<string, Lie>> = {
  "dear-when-clogged": { breaks: ["technique", "caller"] },
  "one-cpu": { breaks: ["technique"] },
  "caller-only": { breaks: ["technique"] },
  "sibling-only": { breaks: ["caller"] },
  "when-busy": { breaks: ["technique"] },
  "late": { breaks: ["technique", "caller"], interrupts: true },
  "late-few": { breaks: ["technique", "caller"], interrupts: true },
  "skips-slowly": { breaks: ["technique", "caller"], share: 1 / 2, interrupts: true },
  "skips-2": { breaks: ["technique", "caller"], share: 1 / 2, interrupts: true },
  "skips-20": { breaks: ["technique", "caller"], share: 1 / 20, interrupts: true },
  "skips-100": { breaks: ["technique", "caller"], share: 1 / 100, interrupts: true },
};

/** Fences that are right on x86-64: `unfenced-signal` because an interrupt serialises there. */
const HONEST = [
  "honest-slow",
  "honest-varying",
  "honest-helper",
  ...build.arch === "x86_64" ? ["unfenced-signal"] : [],
];

let said: Promise<Said> | null = null;

/** One run of everybody, made by the first test that asks. */
function everybody(): Promise<Said> {
  return said ??= hear([...Object.keys(LIARS), ...HONEST]);
}

/** Verdicts by which a liar is believed. */
function believed({ run }: Said, name: string): string[] {
  const { breaks, share = 1 } = LIARS[name]!;
  return breaks.flatMap((role) => verdictsOn(run, name, role))
    // Who says that a share of calls is excluded has not said that smaller ones are
    .filter(({ verdict, bound }) => verdict === "ordered" && (bound ?? 0) <= share)
    .map(wordsOf);
}

/**
 * What a run excludes it excludes with 95 % confidence: of liars that fail rarely one in twenty may
 * pass, and one in 8000 three times.
 */
const TRIES = 3;

for (const [name, { breaks, share = 1, interrupts = false }] of Object.entries(LIARS)) {
  Deno.test({
    ...needs(`nobody believes ${name}`, NEEDED),
    async fn(): Promise<void> {
      let heard = await everybody();
      for (let tries = 1; share < 1 && believed(heard, name).length > 0 && tries < TRIES; tries++) {
        heard = await hear([name], "ordering");
      }
      const { run } = heard;
      assertEquals(believed(heard, name), []);
      for (const role of breaks) assert(verdictsOn(run, name, role).length > 0, role);
      if (share < 1) return; // a run that excludes less may say the rest
      assertEquals(breaks.flatMap((role) => passedChecks(heard.checks, `user:${name}`, role)), []);
      const { soundness, why } = soundnessOf(run, `user:${name}`, "ordering");
      assert(soundness === "unsound" || soundness === "unknown", `${soundness}: ${why}`);
      if (!interrupts) assertInterruptsNobody(heard, name);
    },
  });
}

/** Cost, ordering and capture count interrupts, each in its own way. */
function assertInterruptsNobody({ run }: Said, name: string): void {
  const technique = `user:${name}`;
  const captured = resultsIn(run, "capture").flatMap(({ techniques }) => techniques)
    .filter((one) => one.technique === technique).map(({ ipisPerOp }) => ipisPerOp ?? 0);
  const counted = [measuredOf(run, technique).interruptsPerOp ?? 0, ...captured];
  assert(Math.max(...counted) < 0.5, `${name} interrupts, it is said: ${counted}`);
}

for (const name of HONEST) {
  Deno.test({
    ...needs(`nobody slanders ${name}`, NEEDED),
    async fn(): Promise<void> {
      const { run } = await everybody();
      const verdicts = (["technique", "caller"] as const)
        .flatMap((role) => verdictsOn(run, name, role));
      assertEquals(verdicts.length, 2);
      // Where other load leaves no power it cannot be told; that it fails is never said
      const slandered = verdicts.filter(({ verdict }) => verdict === "not-ordered").map(wordsOf);
      assertEquals(slandered, []);
      assert(soundnessOf(run, `user:${name}`, "ordering").soundness !== "unsound");
    },
  });
}

Deno.test({
  ...needs("nobody believes few-siblings beside more than those", {
    ...NEEDED,
    "four CPUs": cpus >= 4,
  }),
  async fn(): Promise<void> {
    const { run } = await hear(["few-siblings"], "ordering");
    const crews = verdictsOn(run, "few-siblings", "technique")
      .filter(({ siblings = 1 }) => siblings >= 3);
    assert(crews.length > 0);
    assertEquals(crews.filter(({ verdict }) => verdict === "ordered").map(wordsOf), []);
    const { soundness, why } = soundnessOf(run, "user:few-siblings", "ordering");
    assert(soundness !== "observed" || why.includes("up to 1 sibling"), why);
  },
});

Deno.test({
  ...needs("nobody believes unfenced-signal", {
    ...NEEDED,
    "an architecture whose interrupts need not serialise": build.arch !== "x86_64",
  }),
  async fn(): Promise<void> {
    const heard = await hear(["unfenced-signal"], "ordering");
    const ordered = verdictsOn(heard.run, "unfenced-signal", "technique")
      .filter(({ verdict }) => verdict === "ordered");
    assertEquals(ordered.map(wordsOf), []);
  },
});
