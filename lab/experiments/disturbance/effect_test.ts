import { assertEquals } from "@std/assert";
import { disturbanceSchema } from "./disturbance_schema.ts";
import {
  sampleDisturbance,
  sampleDisturbanceCounts,
  sampleSide,
} from "../../testdata/sample_disturbance.ts";
import { effectOf } from "./effect.ts";

function effect(changes: Parameters<typeof sampleDisturbanceCounts>[0]): string {
  const { effect, why } = effectOf(sampleDisturbanceCounts(changes));
  return `${effect}: ${why}`;
}

Deno.test("effectOf() says from blocks whether a victim wakes up later", () => {
  assertEquals(effect({}), "hurt: wakes up 2.77 times as late");
  const same = sampleSide([12_900, 13_100, 13_300]);
  assertEquals(effect({ storm: same }), "unharmed: wakes up 1.01 times as late");
  const between = sampleSide([16_000, 16_500, 17_000]);
  assertEquals(effect({ storm: between }), "unclear: wakes up 1.27 times as late");
});

Deno.test("effectOf() does not call it hurt where blocks overlap, or are too few", () => {
  const wild = sampleSide([9000, 25_000, 26_000]);
  assertEquals(
    effect({ quiet: sampleSide([9000, 12_000, 26_000]), storm: wild }),
    "unclear: wakes up 2.08 times as late, but blocks alike spread as widely",
  );
  assertEquals(
    effect({ storm: sampleSide([36_000, 36_000]) }),
    "unclear: too few blocks in the time that was given",
  );
});

Deno.test("effectOf() takes what a quiet machine steals, too, from a running victim's loss", () => {
  const runs = (quiet: number[], storm: number[]): string =>
    effect({ work: "runs", quiet: sampleSide(quiet), storm: sampleSide(storm) });
  assertEquals(runs([0.01, 0.01, 0.02], [0.5, 0.56, 0.6]), "hurt: loses 55.0 % of its CPU");
  assertEquals(runs([0.3, 0.3, 0.3], [0.3, 0.31, 0.32]), "unharmed: loses 1.0 % of its CPU");
  assertEquals(runs([0, 0, 0], [0.05, 0.05, 0.05]), "unclear: loses 5.0 % of its CPU");
});

Deno.test("effectOf() calls nobody unharmed whom it could not have seen hurt", () => {
  const wide = sampleSide([10_000, 20_000, 90_000]);
  assertEquals(
    effect({ quiet: wide, storm: sampleSide([10_000, 21_000, 90_000]) }),
    "unclear: wakes up 1.05 times as late, but blocks alike spread as widely",
  );
  const storm = sampleSide([12_900, 13_100, 13_300]);
  const late = { ...storm, ns: { ...storm.ns!, p99: 4_780_000 } };
  const quiet = sampleSide([12_800, 13_000, 13_200]);
  assertEquals(
    effect({ quiet: { ...quiet, ns: { ...quiet.ns!, p99: 100_000 } }, storm: late }),
    "unclear: wakes up 1.01 times as late, but the slowest 1 % 48 times",
  );
  const runs = { work: "runs", quiet: sampleSide([0, 0.05, 0.5]) } as const;
  assertEquals(
    effect({ ...runs, storm: sampleSide([0, 0.2, 0.5]) }),
    "unclear: loses 15.0 % of its CPU, but blocks alike spread as widely",
  );
  assertEquals(
    effect({ ...runs, storm: sampleSide([0, 0.06, 0.5]) }),
    "unclear: loses 1.0 % of its CPU, but blocks alike spread as widely",
  );
});

Deno.test("effectOf() counts wakeups of a sleeping victim per call", () => {
  const sleeps = (woken: number): string =>
    effect({ work: "sleeps", ops: 100, storm: sampleSide([], { woken }) });
  assertEquals(sleeps(98), "hurt: woken 0.98 times per call");
  assertEquals(sleeps(0), "unharmed: woken 0.00 times per call");
});

Deno.test("disturbanceResult() fits the schema, and loses nothing less than nothing", () => {
  const result = sampleDisturbance({
    work: "runs",
    quiet: sampleSide([0.1, 0.1, 0.1], { stolenShare: 0.1 }),
    storm: sampleSide([0, 0, 0], { stolenShare: 0.05 }),
  });
  assertEquals([result.stolenShare, result.wakeupNs, result.idleNs], [0, null, null]);
  assertEquals(disturbanceSchema.safeParse(result).success, true);
  const refused = sampleDisturbance({ available: false, reason: "EPERM" });
  assertEquals([refused.effect, refused.why], ["unclear", "not measured: EPERM"]);
});
