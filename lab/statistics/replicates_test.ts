import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { plainReplicates, ratioInterval, replicatesOf, sideInterval } from "./replicates.ts";

const exact = (value: number): { value: number; low: number; high: number } => ({
  value,
  low: value,
  high: value,
});

Deno.test("sideInterval() agrees with a published interval for a mean", () => {
  // NIST/SEMATECH e-Handbook 1.3.5.2 (ZARR13.DAT): n 195, mean 9.261460, deviation 0.022789, 95 %
  // interval 9.258242 to 9.264679. Values two deviations apart around the mean give that deviation.
  const offset = 0.022789;
  const logs = [9.26146];
  for (let pair = 0; pair < 97; pair++) logs.push(9.26146 - offset, 9.26146 + offset);
  const { low, high, from } = sideInterval(replicatesOf(logs.map((log) => exact(Math.exp(log)))));
  assertAlmostEquals(low, 9.258242, 2e-6);
  assertAlmostEquals(high, 9.264679, 2e-6);
  assertEquals(from, "between-runs");
});

Deno.test("ratioInterval() agrees with a published two-sample t interval", () => {
  // Student's sleep data (1908) as in R's t.test(extra ~ group, data = sleep, var.equal = TRUE):
  // difference -1.58 with 95 % interval -3.363874 to 0.203874.
  const [first, second] = [
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
  ] as const;
  // Shifted, for times are above a picosecond; a shift of both changes no difference.
  const side = (hours: readonly number[]): ReturnType<typeof replicatesOf> =>
    replicatesOf(hours.map((value) => exact(Math.exp(value + 10))));
  const { centre, low, high } = ratioInterval(side(second), side(first));
  assertAlmostEquals(centre, -1.58, 1e-9);
  assertAlmostEquals(low, -3.363874, 1e-6);
  assertAlmostEquals(high, 0.203874, 1e-6);
});

Deno.test("plainReplicates() gives the published interval of a difference, and of a mean at 0", () => {
  // The same data as they are, with values at and below 0.
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  const { centre, low, high } = ratioInterval(plainReplicates(second), plainReplicates(first));
  assertAlmostEquals(centre, -1.58, 1e-9);
  assertAlmostEquals(low, -3.363874, 2e-6);
  assertAlmostEquals(high, 0.203874, 2e-6);
  const nothing = sideInterval(plainReplicates([0, 0, 0]));
  assertEquals([nothing.centre, nothing.low, nothing.high], [0, 0, 0]);
  assertEquals(plainReplicates([0]).spread, null);
});

Deno.test("ratioInterval() of single runs adds the distances that matter as squares", () => {
  const left = replicatesOf([{ value: 100, low: 97, high: 104 }]);
  const right = replicatesOf([{ value: 110, low: 109, high: 118 }]);
  const { centre, low, high, from } = ratioInterval(left, right);
  assertAlmostEquals(Math.exp(centre), 1.1, 1e-9);
  assertAlmostEquals(centre - low, Math.hypot(Math.log(110 / 109), Math.log(104 / 100)), 1e-12);
  assertAlmostEquals(high - centre, Math.hypot(Math.log(118 / 110), Math.log(100 / 97)), 1e-12);
  assertEquals(from, "within-runs");
});

Deno.test("several runs narrow the noise within them", () => {
  const run = { value: 100, low: 90, high: 110 };
  const [one, four] = [replicatesOf([run]), replicatesOf([run, run, run, run])];
  assertAlmostEquals(four.above, one.above / 2, 1e-12);
  assertEquals([one.spread, four.spread], [null, 0]);
});

Deno.test("the spread between runs of one side stands for both", () => {
  const spread = replicatesOf([80, 100, 125].map(exact));
  const { low, high, from } = ratioInterval(replicatesOf([exact(100)]), spread);
  // Two degrees of freedom: 4.303 times the deviation times sqrt(1 + 1/3).
  const reach = 4.3027 * spread.spread! * Math.sqrt(4 / 3);
  assertAlmostEquals(high - low, 2 * reach, 1e-4);
  assertEquals(from, "between-runs");
});

Deno.test("an end without bound stays one, and nothing is below a picosecond", () => {
  const few = replicatesOf([{ value: 10, low: 9, high: null }]);
  assertEquals([few.below < 1, few.above], [true, Infinity]);
  assertEquals(ratioInterval(few, replicatesOf([exact(10)])).low, -Infinity);
  assert(Number.isFinite(replicatesOf([exact(0)]).centre));
});
