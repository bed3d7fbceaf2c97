import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { RingBufferError } from "./errors.ts";
import { type EventField, type EventFormat, parseEventFormat } from "./event_format.ts";

/** A format file with these fields behind the common ones. */
function formatOf(fields: string): EventFormat {
  const text = `name: sample\nID: 77\nformat:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

${fields}

print fmt: "x=%d", REC->x\n`;
  return parseEventFormat("test", text);
}

function classOf(field: string): [EventField["kind"], EventField["locator"], number] {
  const { kind, locator, elementBytes } = formatOf(field).fields[0]!;
  return [kind, locator, elementBytes];
}

Deno.test("parseEventFormat() reads name, number, common fields and print format", () => {
  const format = formatOf("\tfield:int x;\toffset:8;\tsize:4;\tsigned:1;");
  assertEquals([format.system, format.name, format.id], ["test", "sample", 77]);
  assertEquals(format.common.map(({ name }) => name), ["common_type", "common_pid"]);
  assertEquals(format.printFormat, '"x=%d", REC->x');
  assertEquals(format.minimumBytes, 12);
});

Deno.test("parseEventFormat() tells kinds of fields apart by their C types", () => {
  const cases: [string, ReturnType<typeof classOf>][] = [
    ["unsigned int cpu;\toffset:8;\tsize:4;\tsigned:0;", ["integer", "none", 4]],
    ["void * csd;\toffset:8;\tsize:8;\tsigned:0;", ["pointer", "none", 8]],
    ["const char * reason;\toffset:8;\tsize:4;\tsigned:0;", ["pointer", "none", 4]],
    ["char comm[16];\toffset:8;\tsize:16;\tsigned:0;", ["text", "none", 0]],
    ["char comm[TASK_COMM_LEN];\toffset:8;\tsize:16;\tsigned:0;", ["text", "none", 0]],
    ["char buf[];\toffset:16;\tsize:0;\tsigned:0;", ["dynamic-text", "to-end", 0]],
    ["__data_loc char[] name;\toffset:12;\tsize:4;\tsigned:0;", ["dynamic-text", "data-loc", 0]],
    ["__rel_loc char[] name;\toffset:12;\tsize:4;\tsigned:0;", ["dynamic-text", "rel-loc", 0]],
    ["__data_loc cpumask_t cpumask;\toffset:8;\tsize:4;\tsigned:0;", ["cpumask", "data-loc", 0]],
    [
      "__data_loc unsigned long[] target_cpus;\toffset:8;\tsize:4;\tsigned:0;",
      ["dynamic-array", "data-loc", 8],
    ],
    ["unsigned long args[6];\toffset:16;\tsize:48;\tsigned:0;", ["array", "none", 8]],
    ["unsigned long args[6];\toffset:16;\tsize:24;\tsigned:0;", ["array", "none", 4]],
    ["u8 addr[3];\toffset:16;\tsize:3;\tsigned:0;", ["array", "none", 1]],
    ["struct thing it;\toffset:16;\tsize:24;\tsigned:0;", ["bytes", "none", 0]],
  ];
  for (const [line, expected] of cases) assertEquals(classOf(`\tfield:${line}`), expected, line);
});

Deno.test("parseEventFormat() takes the sign from the type where the kernel does not say it", () => {
  const old = formatOf(
    "\tfield:int a;\toffset:8;\tsize:4;\n\tfield:unsigned b;\toffset:12;\tsize:4;",
  );
  assertEquals(old.fields.map(({ signed }) => signed), [true, false]);
});

Deno.test("parseEventFormat() refuses what it cannot read", () => {
  assertThrows(() => parseEventFormat("x", ""), RingBufferError, "no 'name:'");
  assertThrows(() => parseEventFormat("x", "name: a\nID: 70000\n"), RingBufferError, "65535");
  assertThrows(() => formatOf("\tfield:int;\toffset:x;"), RingBufferError, "test:sample");
  const many = "\tfield:int a;\toffset:8;\tsize:4;\tsigned:1;\n".repeat(300);
  assertThrows(() => formatOf(many), RingBufferError);
});

Deno.test("parseEventFormat() reads or refuses any text", () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (a, b) => {
    try {
      const { minimumBytes } = formatOf(`\tfield:${a};\toffset:8;\tsize:4;\tsigned:0;\n${b}`);
      assertEquals(Number.isSafeInteger(minimumBytes), true);
    } catch (error) {
      assertEquals((error as Error).name, "RingBufferError");
    }
  }));
});
