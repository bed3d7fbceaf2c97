import { assertEquals } from "@std/assert";
import { SqlError } from "./errors.ts";

Deno.test("SqlError says what is wrong and where in the query", () => {
  const error = new SqlError(
    "select 1;\nselect nope fro slice",
    'Traceback (most recent call last):\n  File "stdin" line 2 col 17\n' +
      "    select nope fro slice\n                    ^\nsyntax error near 'slice'",
  );
  assertEquals(error.position, { line: 2, column: 17 });
  assertEquals(
    error.message,
    "Cannot run the query at line 2, column 17: syntax error near 'slice'",
  );
});

Deno.test("SqlError names the module that an error is in", () => {
  const error = new SqlError(
    "INCLUDE PERFETTO MODULE a.b",
    'Traceback (most recent call last):\n  File "stdin" line 1 col 1\n    INCLUDE\n    ^\n' +
      '  Module include "a.b" line 72 col 3\n    CREATE\n    ^\nno such table: x',
  );
  assertEquals(error.position, { line: 1, column: 1 });
  assertEquals(
    error.message,
    "Cannot run the query at line 1, column 1 (module a.b, line 72): no such table: x",
  );
});

Deno.test("SqlError does without a position", () => {
  const error = new SqlError("INCLUDE PERFETTO MODULE nope", "INCLUDE: Package 'nope' not found");
  assertEquals(error.position, null);
  assertEquals(error.message, "Cannot run the query: INCLUDE: Package 'nope' not found");
});
