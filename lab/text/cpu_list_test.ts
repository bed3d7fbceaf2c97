import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { CpuListError, formatCpuList, parseCpuList, tryCpuList } from "./cpu_list.ts";

Deno.test("parseCpuList() reads the kernel's notation", () => {
  assertEquals(parseCpuList("0-3,8,10-11\n"), [0, 1, 2, 3, 8, 10, 11]);
  assertEquals(parseCpuList("5"), [5]);
  assertEquals(parseCpuList("3,1-3"), [1, 2, 3]);
});

Deno.test("parseCpuList() takes empty text and (null) as no CPU", () => {
  assertEquals(parseCpuList("\n"), []);
  assertEquals(parseCpuList("(null)\n"), []);
});

Deno.test("parseCpuList() reads strides", () => {
  assertEquals(parseCpuList("0-9:2/5"), [0, 1, 5, 6]);
  assertEquals(parseCpuList("3-9:1/3"), [3, 6, 9]);
});

Deno.test("parseCpuList() refuses what is no list, and bounds its work", () => {
  for (
    const text of [
      "a",
      "1-",
      "3-1",
      "-1",
      "1,,2",
      "0x3",
      "0-4294967295",
      "65536",
      "0-9:3/2",
      "0-3:0/0",
    ]
  ) {
    assertThrows(() => parseCpuList(text), CpuListError, `Cannot read CPU list '${text}'`);
  }
});

Deno.test("tryCpuList() gives null for missing and unreadable lists", () => {
  assertEquals([tryCpuList(undefined), tryCpuList(null), tryCpuList("?"), tryCpuList("1")], [
    null,
    null,
    null,
    [1],
  ]);
});

Deno.test("formatCpuList() and parseCpuList() undo each other", () => {
  assertEquals(formatCpuList([11, 0, 1, 2, 8, 10, 1]), "0-2,8,10-11");
  assertEquals(formatCpuList([]), "");
  fc.assert(fc.property(fc.uniqueArray(fc.nat(300)), (cpus: number[]) => {
    const sorted = cpus.toSorted((a, b) => a - b);
    assertEquals(parseCpuList(formatCpuList(cpus)), sorted);
  }));
});
