/** A trace processor that could not be started, died, was closed, or said something unreadable. */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
}

/** A trace that the trace processor did not take. */
export class TraceLoadError extends EngineError {
  override readonly name = "TraceLoadError";
}

/** A place in a SQL text, both counted from 1. */
export interface SqlPosition {
  readonly line: number;
  readonly column: number;
}

/** SQL that the trace processor refused. */
export class SqlError extends EngineError {
  override readonly name = "SqlError";
  /** The text that was refused. */
  readonly sql: string;
  /** Where in it, if the trace processor said so. */
  readonly position: SqlPosition | null;
  /** Everything that the trace processor said, with its traceback. */
  readonly detail: string;

  constructor(sql: string, detail: string) {
    const position = positionIn(detail);
    super(`Cannot run the query${placeIn(detail, position)}: ${reasonIn(detail)}`);
    this.sql = sql;
    this.detail = detail;
    this.position = position;
  }
}

/** The place that a traceback names in the text that was asked: trace_processor calls it "stdin". */
function positionIn(detail: string): SqlPosition | null {
  const place = /File "stdin" line (\d+) col (\d+)/.exec(detail);
  return place === null ? null : { line: Number(place[1]), column: Number(place[2]) };
}

/** That place for people, and the innermost module if it was included there. */
function placeIn(detail: string, position: SqlPosition | null): string {
  if (position === null) return "";
  const modules = [...detail.matchAll(/Module include "(.+?)" line (\d+)/g)];
  const inner = modules.at(-1);
  const inside = inner === undefined ? "" : ` (module ${inner[1]}, line ${inner[2]})`;
  return ` at line ${position.line}, column ${position.column}${inside}`;
}

/** The last line of a traceback: what was wrong, without where. */
function reasonIn(detail: string): string {
  return detail.trimEnd().split("\n").at(-1)!.trim();
}
