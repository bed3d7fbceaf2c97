import { assertEquals } from "@std/assert";
import { spark } from "./spark.ts";

Deno.test("spark() draws counts relative to the greatest", () => {
  assertEquals(spark([0, 1, 4, 8], { color: false, width: 80 }), " ▁▄█");
  assertEquals(spark([0, 1, 7], { color: false, width: 80, unicode: false }), " .#");
});

Deno.test("spark() shows outliers however few, and nothing where nothing is", () => {
  assertEquals(spark([1e-3, 0, 1e9], { color: false, width: 80 }), "▁ █");
  assertEquals(spark([0, 0], { color: false, width: 80 }), "  ");
});
