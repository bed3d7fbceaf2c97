import { assertEquals, assertStrictEquals } from "@std/assert";
import { StoreError, storeErrorOf } from "./store_error.ts";

Deno.test("storeErrorOf() names cause and remedy of an error of the operating system", () => {
  const cause = Object.assign(new Error("No space left on device (os error 28)"), {
    code: "ENOSPC",
  });
  const error = storeErrorOf("Cannot save run 'x' in 'runs'", cause);
  assertEquals(
    error.message,
    "Cannot save run 'x' in 'runs': the file system is full (No space left on device (os error 28))" +
      ". Remedy: free space there, or choose another directory with --out",
  );
  assertStrictEquals(error.cause, cause);
});

Deno.test("storeErrorOf() tells a missing Deno permission from one of the file system", () => {
  const message = storeErrorOf("Cannot save", new Deno.errors.NotCapable("needs write")).message;
  assertEquals(
    message,
    "Cannot save: Deno lacks a permission (needs write). " +
      "Remedy: grant Deno the permission, or choose a directory that it has",
  );
});

Deno.test("storeErrorOf() leaves a StoreError as it is", () => {
  const error = new StoreError("A problem", "a remedy");
  assertStrictEquals(storeErrorOf("Cannot save", error), error);
});

Deno.test("StoreError escapes control characters", () => {
  assertEquals(new StoreError("a\x1b[2J", "b").message, "a\\x1b[2J. Remedy: b");
});
