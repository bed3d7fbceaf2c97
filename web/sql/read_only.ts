import { type SqlToken, sqlTokens } from "./tokens.ts";

/** SQL that the console does not take. */
export class ForbiddenSqlError extends Error {
  override readonly name = "ForbiddenSqlError";
  /** The word that is at fault. */
  readonly word: string;
  /** Where it stands, both from 1. */
  readonly position: { readonly line: number; readonly column: number };

  constructor(sql: string, { text, at }: SqlToken, reason: string) {
    const lines = sql.slice(0, at).split("\n");
    const position = { line: lines.length, column: lines.at(-1)!.length + 1 };
    const word = text.slice(0, 60);
    super(`'${word}' at line ${position.line}, column ${position.column} ${reason}`);
    this.word = word;
    this.position = position;
  }
}

/** How the statements begin that are allowed. */
const TAKEN = "only SELECT, WITH, VALUES, EXPLAIN and INCLUDE PERFETTO MODULE are";

/**
 * Functions that do more than compute: they write files, load code, or change what others see. The
 * engine's process could do no harm with them, but an answer should say so.
 */
const FORBIDDEN_FUNCTIONS: ReadonlySet<string> = new Set([
  "CREATE_FUNCTION",
  "CREATE_VIEW_FUNCTION",
  "EDIT",
  "EXPERIMENTAL_MEMOIZE",
  "EXPORT_JSON",
  "FTS3_TOKENIZER",
  "IMPORT",
  "LOAD_EXTENSION",
  "READFILE",
  "RUN_METRIC",
  "SQLITE_LOG",
  "WRITEFILE",
]);

/** Reads the tokens of one statement. */
class Statement {
  readonly #sql: string;
  readonly #tokens: readonly SqlToken[];
  #next = 0;

  constructor(sql: string, tokens: readonly SqlToken[]) {
    this.#sql = sql;
    this.#tokens = tokens;
  }

  /** @throws {ForbiddenSqlError} If it does more than read. */
  check(): void {
    this.#checkFunctions();
    const variable = this.#tokens.find(({ kind }) => kind === "variable");
    if (variable) {
      // SQLite's reach further than they look: in `$a(')` the quote belongs to the name
      throw new ForbiddenSqlError(
        this.#sql,
        variable,
        "is a variable, which nothing gives a value",
      );
    }
    if (this.#take("EXPLAIN") && this.#take("QUERY")) this.#expect("PLAN");
    if (this.#take("INCLUDE")) return this.#checkInclude();
    if (this.#take("WITH")) this.#skipTables();
    if (this.#take("SELECT") || this.#take("VALUES")) return;
    this.#refuse(`is not allowed: ${TAKEN}`);
  }

  #checkFunctions(): void {
    this.#tokens.forEach((token, i) => {
      const called = this.#tokens[i + 1]?.text === "(";
      const name = token.kind === "string" ? token.text.slice(1, -1) : token.text;
      if (called && FORBIDDEN_FUNCTIONS.has(name.toUpperCase())) {
        throw new ForbiddenSqlError(
          this.#sql,
          token,
          "is a function that does more than compute, and is not allowed",
        );
      }
    });
  }

  /** `PERFETTO MODULE a.b.c`, possibly with a star at the end. */
  #checkInclude(): void {
    this.#expect("PERFETTO");
    this.#expect("MODULE");
    for (let token; (token = this.#tokens[this.#next]); this.#next++) {
      if (token.kind !== "word" && token.text !== "." && token.text !== "*") {
        this.#refuse("is no part of a module's name");
      }
    }
  }

  /** What stands between WITH and the statement itself, which may also change things. */
  #skipTables(): void {
    this.#take("RECURSIVE");
    do {
      this.#next++;
      if (this.#peek("(")) this.#skipParentheses();
      this.#expect("AS");
      this.#take("NOT");
      this.#take("MATERIALIZED");
      if (!this.#peek("(")) this.#refuse("stands where '(' is expected");
      this.#skipParentheses();
    } while (this.#take(","));
  }

  #skipParentheses(): void {
    let depth = 0;
    do {
      if (this.#next >= this.#tokens.length) this.#refuse("lacks its closing parenthesis");
      if (this.#peek("(")) depth++;
      else if (this.#peek(")")) depth--;
      this.#next++;
    } while (depth > 0);
  }

  #peek(text: string): boolean {
    const token = this.#tokens[this.#next];
    return token?.text === text && (token.kind === "word" || token.kind === "mark");
  }

  #take(text: string): boolean {
    const there = this.#peek(text);
    if (there) this.#next++;
    return there;
  }

  #expect(text: string): void {
    if (!this.#take(text)) this.#refuse(`stands where ${text} is expected`);
  }

  #refuse(reason: string): never {
    throw new ForbiddenSqlError(
      this.#sql,
      this.#tokens[this.#next] ?? this.#tokens.at(-1)!,
      reason,
    );
  }
}

/**
 * Makes sure that SQL only reads.
 *
 * @throws {ForbiddenSqlError} With the first word that is not allowed.
 */
export function checkReadOnly(sql: string): void {
  const nul = sql.indexOf("\0");
  if (nul >= 0) {
    // SQLite would stop there
    const token: SqlToken = { kind: "mark", text: "NUL", at: nul };
    throw new ForbiddenSqlError(sql, token, "is a character that SQL cannot hold");
  }
  let tokens: SqlToken[] = [];
  for (const token of sqlTokens(sql)) {
    if (token.kind !== "mark" || token.text !== ";") {
      tokens.push(token);
      continue;
    }
    if (tokens.length > 0) new Statement(sql, tokens).check();
    tokens = [];
  }
  if (tokens.length > 0) new Statement(sql, tokens).check();
}
