import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { checkReadOnly, ForbiddenSqlError } from "./read_only.ts";
import { sqlTokens } from "./tokens.ts";

/** The word that is refused; null if nothing is. */
function refused(sql: string): string | null {
  try {
    checkReadOnly(sql);
    return null;
  } catch (error) {
    if (error instanceof ForbiddenSqlError) return error.word;
    throw error;
  }
}

const TAKEN = [
  "",
  ";;",
  "SELECT 1",
  "select 1; -- ATTACH 'x' AS y",
  "/* ; DROP TABLE x */ SELECT ';ATTACH'",
  "VALUES (1), (2)",
  "EXPLAIN SELECT 1",
  "EXPLAIN QUERY PLAN WITH a AS (SELECT 1) SELECT * FROM a",
  "INCLUDE PERFETTO MODULE fencelab.operations; SELECT * FROM fencelab_operations",
  "INCLUDE PERFETTO MODULE linux.*",
  "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 3) SELECT x FROM c",
  "WITH a AS NOT MATERIALIZED (WITH b AS (SELECT 1) SELECT * FROM b), c(x) AS MATERIALIZED (VALUES (1)) SELECT * FROM a, c",
  "SELECT replace('ATTACH', 'A', 'B'), \"attach\", [delete], `drop` FROM x",
  "SELECT 'it''s; ATTACH', x'00', \"a\"\"; b\"",
  "\ufeffSELECT 1",
  "SELECT load_extension FROM x",
];

const REFUSED: readonly (readonly [string, string])[] = [
  ["ATTACH 'x' AS y", "ATTACH"],
  ["  /* SELECT */ aTTaCh database 'x' as y", "ATTACH"],
  ["SELECT 1; ATTACH 'x' AS y", "ATTACH"],
  ["SELECT ';'; --;\nATTACH 'x' AS y", "ATTACH"],
  ["EXPLAIN ATTACH 'x' AS y", "ATTACH"],
  ["EXPLAIN QUERY PLAN ATTACH 'x' AS y", "ATTACH"],
  ["SELECT 1;\ufeffATTACH 'x' AS y", "ATTACH"],
  ["DETACH y", "DETACH"],
  ["PRAGMA journal_mode = off", "PRAGMA"],
  ["VACUUM INTO '/tmp/x'", "VACUUM"],
  ["CREATE TABLE x(y)", "CREATE"],
  ["CREATE PERFETTO TABLE x AS SELECT 1", "CREATE"],
  ["DROP TABLE slice", "DROP"],
  ["INSERT INTO x VALUES (1)", "INSERT"],
  ["WITH a AS (SELECT 1) INSERT INTO x SELECT * FROM a", "INSERT"],
  ["WITH a AS (SELECT 1)\ufeffINSERT INTO x SELECT * FROM a", "INSERT"],
  ["WITH a AS (SELECT ')') UPDATE x SET y = 1", "UPDATE"],
  ["WITH a(b) AS (SELECT (1)), c AS (SELECT 2) DELETE FROM x", "DELETE"],
  ["WITH a AS (SELECT 1) REPLACE INTO x SELECT 1", "REPLACE"],
  ["EXPLAIN WITH a AS (SELECT 1) DELETE FROM x", "DELETE"],
  ["BEGIN; SELECT 1", "BEGIN"],
  ["SELECT load_extension('x')", "LOAD_EXTENSION"],
  ["SELECT Load_Extension /* a */ -- b\n ('x')", "LOAD_EXTENSION"],
  ['SELECT "load_extension"(1)', "load_extension"],
  ["SELECT [load_extension](1)", "load_extension"],
  ["SELECT `writefile`('a', 'b')", "writefile"],
  ["SELECT edit('x')", "EDIT"],
  ["VALUES (readfile('/etc/passwd'))", "READFILE"],
  ["WITH a AS (SELECT export_json('/tmp/x')) SELECT 1", "EXPORT_JSON"],
  ["SELECT create_function('f()', 'INT', 'SELECT 1')", "CREATE_FUNCTION"],
  ["SELECT $a('); ATTACH 'x' AS y; SELECT 1 --'", "$a"],
  ["SELECT ?1, :a", "?1"],
  ["INCLUDE PERFETTO MODULE 'x'", "'x'"],
  ["INCLUDE x", "X"],
  ["WITH a AS (SELECT 1", "1"],
  ["SELECT 1\0; ATTACH 'x' AS y", "NUL"],
  ["(SELECT 1)", "("],
  ["'SELECT' 1", "'SELECT'"],
  ['"SELECT" 1', "SELECT"],
  ["ſELECT 1", "ſELECT"],
];

for (const sql of TAKEN) {
  Deno.test(`checkReadOnly() takes ${JSON.stringify(sql)}`, () => checkReadOnly(sql));
}

for (const [sql, word] of REFUSED) {
  Deno.test(`checkReadOnly() refuses ${JSON.stringify(sql)}`, () => {
    assertEquals(refused(sql), word);
  });
}

Deno.test("checkReadOnly() says where the word stands", () => {
  const error = assertThrows(
    () => checkReadOnly("SELECT 1;\n  DROP TABLE x"),
    ForbiddenSqlError,
    "'DROP' at line 2, column 3",
  );
  assertEquals(error.position, { line: 2, column: 3 });
});

/** What hides words: the word stands in a string, a quoted name, or a comment. */
const hidden = fc.constantFrom(
  (text: string) => `'${text.replaceAll("'", "''")}'`,
  (text: string) => `"${text.replaceAll('"', '""')}"`,
  (text: string) => `\`${text.replaceAll("`", "``")}\``,
  (text: string) => `[${text.replaceAll("]", "")}]`,
  (text: string) => `/* ${text.replaceAll("*/", "* ")} */ 1`,
  (text: string) => `1 -- ${text.replaceAll("\n", " ")}\n`,
);
const text = fc.string({ unit: fc.constantFrom(..."ab;'\"`[]-*/(\n \\é$", "ATTACH") });
const blank = fc.constantFrom(" ", "\n", "\t", "/**/", "/* ' */", '-- "\n', "\ufeff");

Deno.test("whatever stands in strings, quotes and comments is no statement", () => {
  fc.assert(fc.property(fc.array(fc.tuple(hidden, text)), (parts) => {
    const places = parts.map(([hide, inner]) => hide(inner));
    assertEquals(refused(["SELECT 1", ...places].join(", ")), null);
  }));
});

Deno.test("a statement that changes something is found behind whatever stands before it", () => {
  const word = fc.constantFrom("ATTACH", "attach", "DROP", "Insert", "UPDATE", "pragma", "VACUUM");
  fc.assert(
    fc.property(fc.array(fc.tuple(hidden, text)), fc.array(blank), word, (parts, gap, bad) => {
      const places = parts.map(([hide, inner]) => hide(inner)).join(", ");
      const sql = `SELECT 1${places === "" ? "" : `, ${places}`}\n;${gap.join("")}${bad} x`;
      assertEquals(refused(sql), bad.toUpperCase());
    }),
  );
});

Deno.test("WITH hides no change, however its tables are nested", () => {
  const { table } = fc.letrec<{ table: string }>((tie) => ({
    table: fc.oneof(
      { maxDepth: 4 },
      fc.tuple(hidden, text).map(([hide, inner]) => `(SELECT ${hide(inner)}\n)`),
      fc.tuple(tie("table"), blank).map(([inner, gap]) => `(WITH${gap} b AS ${inner} SELECT 1)`),
    ),
  }));
  const word = fc.constantFrom("INSERT", "update", "DELETE", "Replace");
  fc.assert(fc.property(fc.array(table, { minLength: 1 }), blank, word, (tables, gap, bad) => {
    const list = tables.map((one, i) => `t${i} AS ${one}`).join(", ");
    assertEquals(refused(`WITH ${list}${gap}${bad} x`), bad.toUpperCase());
    assertEquals(refused(`WITH ${list}${gap}SELECT x`), null);
  }));
});

Deno.test("tokens and what is skipped make up the whole text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (sql) => {
    let at = -1;
    for (const token of sqlTokens(sql)) {
      if (token.at <= at || token.at >= sql.length) throw new Error(`a token at ${token.at}`);
      at = token.at;
    }
  }));
});
