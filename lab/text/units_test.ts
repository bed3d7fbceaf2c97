import { assertEquals } from "@std/assert";
import type { RenderOptions } from "./style.ts";
import { formatCount, formatNs, formatSeconds, formatShare, shareAtMost } from "./units.ts";

const OPTIONS: RenderOptions = { color: false, width: 80 };

Deno.test("formatNs() shows three digits in the unit that suits", () => {
  const known: [number, string][] = [
    [0, "0 ns"],
    [0.012, "0.012 ns"],
    [0.52, "0.520 ns"],
    [0.9996, "1.00 ns"],
    [1, "1.00 ns"],
    [110.4, "110 ns"],
    [999.4, "999 ns"],
    [999.7, "1.00 µs"],
    [15_878, "15.9 µs"],
    [999_900, "1.00 ms"],
    [8_000_000, "8.00 ms"],
    [2_500_000_000, "2.50 s"],
    [3_600e9, "3600 s"],
  ];
  for (const [nanoseconds, text] of known) assertEquals(formatNs(nanoseconds, OPTIONS), text);
});

Deno.test("formatNs() writes us where only ASCII may be written", () => {
  assertEquals(formatNs(15_878, { ...OPTIONS, unicode: false }), "15.9 us");
});

Deno.test("formatShare() never rounds something to nothing", () => {
  assertEquals(formatShare(0), "0.0 %");
  assertEquals(formatShare(0.0004), "<0.1 %");
  assertEquals(formatShare(0.0006), "0.1 %");
  assertEquals(formatShare(0.25), "25.0 %");
  assertEquals(formatShare(1), "100.0 %");
});

Deno.test("formatSeconds() uses minutes and hours for long durations", () => {
  const known: [number, string][] = [
    [0.314, "0.31 s"],
    [12.34, "12.3 s"],
    [59.96, "1 min 00 s"],
    [125, "2 min 05 s"],
    [3725, "1 h 02 min"],
  ];
  for (const [seconds, text] of known) assertEquals(formatSeconds(seconds), text);
});

Deno.test("formatCount() says no, one or many", () => {
  assertEquals([0, 1, 2].map((count) => formatCount(count, "sibling")), [
    "no siblings",
    "1 sibling",
    "2 siblings",
  ]);
});

Deno.test("shareAtMost() never says less than the bound that it is given", () => {
  for (
    const [share, text] of [
      [0, "0 %"],
      [0.00015, "0.015 %"],
      [0.000151, "0.016 %"],
      [0.00999, "1 %"],
      [0.01, "1 %"],
      [0.0121, "1.3 %"],
      [0.31, "31 %"],
      [1, "100 %"],
      [3, "100 %"],
    ] as const
  ) assertEquals(shareAtMost(share), text);
});
