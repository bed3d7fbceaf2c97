import { assertEquals } from "@std/assert";
import { permissionList } from "./paths.ts";

Deno.test("permissionList() writes a comma twice and each value once", () => {
  assertEquals(permissionList(["/a,b", "/c", "/a,b"]), "/a,,b,/c");
});
