import { assertAlmostEquals, assertEquals } from "@std/assert";
import { KeyMotion, PAN_STEP, ZOOM_STEP } from "./motion.ts";
import { TimeView } from "./time_view.ts";

function moving(): { view: TimeView; keys: KeyMotion } {
  const view = new TimeView(1e9);
  view.show(4e8, 5e8);
  const moved = {
    look: (change: (view: TimeView) => void): void => change(view),
    anchor: () => 4.25e8,
  };
  return { view, keys: new KeyMotion(moved) };
}

/** Frames of a screen until nothing moves. */
function settle(keys: KeyMotion): number {
  let frames = 1;
  while (keys.step(16)) frames++;
  return frames;
}

Deno.test("KeyMotion pans by one step for a tap, over several frames", () => {
  const { view, keys } = moving();
  keys.press("right");
  keys.release("right");
  const frames = settle(keys);
  assertAlmostEquals(view.from, 4e8 + PAN_STEP * 1e8, 1);
  assertAlmostEquals(view.span, 1e8, 1);
  assertEquals(frames > 4 && frames < 60, true, `${frames} frames`);
});

Deno.test("KeyMotion zooms by one step about the anchor", () => {
  const { view, keys } = moving();
  keys.press("in");
  keys.release("in");
  settle(keys);
  assertAlmostEquals(view.span, 1e8 / ZOOM_STEP, 1);
  assertAlmostEquals((4.25e8 - view.from) / view.span, 0.25, 1e-6);
});

Deno.test("KeyMotion goes on while a key is held, and stops soon after", () => {
  const { view, keys } = moving();
  keys.press("left");
  for (let frame = 0; frame < 60; frame++) keys.step(16);
  const held = view.from;
  assertEquals(held < 4e8 - 5 * PAN_STEP * 1e8, true);
  keys.release("left");
  assertEquals(settle(keys) < 60, true);
  assertEquals(held - view.from < 1e8, true);
});

Deno.test("KeyMotion takes a key that repeats as held", () => {
  const { view, keys } = moving();
  keys.press("right");
  keys.press("right");
  keys.release("right");
  settle(keys);
  assertAlmostEquals(view.from, 4e8 + PAN_STEP * 1e8, 1);
});

Deno.test("KeyMotion.jump() is there at once", () => {
  const { view, keys } = moving();
  keys.jump("right");
  assertAlmostEquals(view.from, 4e8 + PAN_STEP * 1e8, 1);
  assertEquals(keys.step(16), false);
});

Deno.test("KeyMotion takes a short press for a tap, however many frames it lasts", () => {
  const { view, keys } = moving();
  keys.press("right");
  for (let frame = 0; frame < 8; frame++) keys.step(16);
  keys.release("right");
  settle(keys);
  assertAlmostEquals(view.from, 4e8 + PAN_STEP * 1e8, 1);
});
