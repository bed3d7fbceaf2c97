import { assertEquals } from "@std/assert";
import { commandOf, type Key, motionOf } from "./keyboard.ts";

function keyOf(key: string, code: string, held: Partial<Key> = {}): Key {
  return { key, code, ctrlKey: false, altKey: false, metaKey: false, ...held };
}

Deno.test("motionOf() goes by the place of a key, whatever is printed on it", () => {
  assertEquals(motionOf(keyOf("w", "KeyW")), "in");
  assertEquals(motionOf(keyOf("z", "KeyW")), "in");
  assertEquals(motionOf(keyOf("q", "KeyA")), "left");
  assertEquals(motionOf(keyOf("w", "KeyZ")), null);
});

Deno.test("commandOf() goes by what is printed on a key", () => {
  assertEquals(commandOf(keyOf("[", "Digit8")), "sender");
  assertEquals(commandOf(keyOf("?", "Minus")), "help");
  assertEquals(commandOf(keyOf("x", "KeyX")), null);
});

Deno.test("Keys together with Ctrl, Alt or Meta are the browser's", () => {
  assertEquals(motionOf(keyOf("a", "KeyA", { ctrlKey: true })), null);
  assertEquals(commandOf(keyOf("f", "KeyF", { metaKey: true })), null);
  assertEquals(commandOf(keyOf("[", "Digit8", { altKey: true })), null);
});
