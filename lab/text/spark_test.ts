import { assertEquals } from "@std/assert";
import { spark } from "./spark.ts";

Deno.test("spark() draws counts relative to the greatest", () => {
  assertEquals(spark([0, 1, 4, 8]), " ▁▄█");
});

Deno.test("spark() shows outliers however few, and nothing where nothing is", () => {
  assertEquals(spark([1e-3, 0, 1e9]), "▁ █");
  assertEquals(spark([0, 0]), "  ");
});
