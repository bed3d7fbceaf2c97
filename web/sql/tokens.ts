/**
 * Tokens of SQL, told as SQLite's tokenizer tells them (tokenize.c), which trace_processor's follows:
 * what is a comment or a string there must be one here, or a statement could hide in it.
 */

/** A token; comments and white space are none. */
export interface SqlToken {
  readonly kind: "word" | "quoted" | "string" | "number" | "variable" | "mark";
  /** Words in capitals; the name within the quotes of what is quoted; else as it is written. */
  readonly text: string;
  /** Where it begins, from 0. */
  readonly at: number;
}

/** A byte order mark passes for white space where a token could begin. */
const SPACE = /[ \t\n\f\r\ufeff]+/y;
const LINE_COMMENT = /--[^\n]*/y;
/** One that is not closed goes on to the end. */
const BLOCK_COMMENT = /\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)/y;
/** Everything beyond ASCII belongs to names. */
const WORD = /[A-Za-z_\u0080-\u{10ffff}][\w$\u0080-\u{10ffff}]*/uy;
/** A blob is a string that is introduced by x. */
const STRING = /[xX]?'(?:[^']|'')*(?:'|$)/y;
const QUOTED = /"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$)/y;
const NUMBER = /(?:\d[\w.$]*|\.\d[\w.$]*)/y;
const VARIABLE = /[?:@#$][\w$\u0080-\u{10ffff}]*/uy;

/** Splits SQL into tokens; texts that SQLite would not take become tokens as well. */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0] ?? null;
  };
  while (at < sql.length) {
    const skipped = take(SPACE) ?? take(LINE_COMMENT) ?? take(BLOCK_COMMENT);
    if (skipped !== null) {
      at += skipped.length;
      continue;
    }
    const token = tokenOf(take, sql[at]!, at);
    tokens.push(token.token);
    at += token.length;
  }
  return tokens;
}

function tokenOf(
  take: (pattern: RegExp) => string | null,
  character: string,
  at: number,
): { token: SqlToken; length: number } {
  const found = (kind: SqlToken["kind"], written: string, text = written) => ({
    token: { kind, text, at },
    length: written.length,
  });
  // Before words: x'00' begins like one
  const string = take(STRING);
  if (string !== null) return found("string", string);
  const word = take(WORD);
  // Only ASCII letters have cases in keywords; others must not turn into them
  if (word !== null) return found("word", word, word.replaceAll(/[a-z]/g, (c) => c.toUpperCase()));
  const quoted = take(QUOTED);
  if (quoted !== null) return found("quoted", quoted, nameIn(quoted));
  const number = take(NUMBER);
  if (number !== null) return found("number", number);
  const variable = take(VARIABLE);
  if (variable !== null) return found("variable", variable);
  return found("mark", character);
}

/** The name within quotes; doubled quotes stand for one. */
function nameIn(quoted: string): string {
  const open = quoted[0]!;
  const close = open === "[" ? "]" : open;
  const inner = quoted.slice(1, quoted.endsWith(close) && quoted.length > 1 ? -1 : undefined);
  return open === "[" ? inner : inner.replaceAll(close + close, close);
}
