import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { SHORTEST_NS, TimeView } from "./time_view.ts";

Deno.test("TimeView shows the whole trace at first", () => {
  const view = new TimeView(1000);
  assertEquals([view.from, view.to, view.span], [0, 1000, 1000]);
});

Deno.test("TimeView.zoom() keeps the given time where it is", () => {
  const view = new TimeView(10_000);
  view.zoom(0.5, 2500);
  assertEquals([view.from, view.to], [1250, 6250]);
});

Deno.test("TimeView.pan() ends at the trace's borders", () => {
  const view = new TimeView(10_000);
  view.show(4000, 5000);
  view.pan(700);
  assertEquals([view.from, view.to], [4700, 5700]);
  view.pan(-1e9);
  assertEquals([view.from, view.to], [0, 1000]);
  view.pan(1e9);
  assertEquals([view.from, view.to], [9000, 10_000]);
});

Deno.test("TimeView.frame() makes a slice a third of the width", () => {
  const view = new TimeView(1e9);
  view.frame(500_000, 503_000);
  assertEquals([view.from, view.to], [497_000, 506_000]);
});

Deno.test("TimeView.reveal() moves only if it must", () => {
  const view = new TimeView(10_000);
  view.show(1000, 2000);
  for (const [begin, end] of [[1100, 1200], [0, 1300], [1900, 9000], [0, 9999]] as const) {
    view.reveal(begin, end);
    assertEquals(view.from, 1000, `${begin} to ${end}`);
  }
  view.reveal(5000, 5200);
  assertEquals([view.from, view.to], [4600, 5600]);
});

Deno.test("TimeView never leaves the trace, whatever is asked", () => {
  const step = fc.record({
    what: fc.constantFrom("zoom", "pan", "show", "frame"),
    a: fc.double({ min: -2e9, max: 2e9, noNaN: true }),
    b: fc.double({ min: 0.01, max: 100, noNaN: true }),
  });
  fc.assert(fc.property(fc.integer({ min: 60, max: 1e9 }), fc.array(step), (duration, steps) => {
    const view = new TimeView(duration);
    for (const { what, a, b } of steps) {
      if (what === "zoom") view.zoom(b, Math.min(Math.max(a, view.from), view.to));
      else if (what === "pan") view.pan(a);
      else if (what === "show") view.show(a, a + b);
      else view.frame(a, a + b);
      const slack = duration * 1e-9;
      assertEquals(view.from >= 0 && view.to <= duration + slack, true);
      assertEquals(view.span >= SHORTEST_NS - 1e-6 && view.span <= duration + slack, true);
    }
    assertAlmostEquals(view.to - view.from, view.span);
  }));
});
