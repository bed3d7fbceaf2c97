import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { exactTime, tickLabel, ticksOf } from "./ticks.ts";

Deno.test("ticksOf() chooses 1, 2 or 5 times a power of ten", () => {
  const { first, step, base, unit } = ticksOf(0, 7e9, 10);
  assertEquals([first, step, base, unit], [0, 1e9, 0, "s"]);
  assertEquals(ticksOf(0, 11_000, 10).step, 2000);
  assertEquals(ticksOf(0, 4400, 10).step, 500);
  assertEquals(ticksOf(100, 103, 10).step, 1);
});

Deno.test("tickLabel() counts from a base where labels would be long", () => {
  const ticks = ticksOf(12_345_678_000, 12_345_680_000, 8);
  assertEquals(ticks.base, 12_345_678_000);
  assertEquals(tickLabel(ticks.first, ticks), "+0 ns");
  assertEquals(tickLabel(ticks.first + ticks.step, ticks), "+500 ns");
  const plain = ticksOf(0, 2_500_000, 5);
  assertEquals(tickLabel(plain.first + plain.step, plain), "500 µs");
});

Deno.test("ticksOf() gives as many marks as have room, at most", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 1e13 }),
    fc.integer({ min: 50, max: 1e12 }),
    fc.integer({ min: 1, max: 30 }),
    (from, span, most) => {
      const { first, step, base } = ticksOf(from, from + span, most);
      assertEquals(first >= from && first - from < step * (1 + 1e-9), true);
      assertEquals(Math.floor(span / step) <= most, true);
      assertEquals(base <= from, true);
    },
  ));
});

Deno.test("exactTime() shows every nanosecond", () => {
  assertEquals(exactTime(12_345_678_901), "12.345 678 901 s");
  assertEquals(exactTime(7), "0.000 000 007 s");
  assertEquals(exactTime(999_999_999.6), "1.000 000 000 s");
});
