import { kindOf } from "../experiments/experiments.ts";
import type { Result, Run } from "../experiments/run/run_schema.ts";
import { interruptsDiffer } from "../judgement/interrupts.ts";
import type { Change, Statement } from "../judgement/statement.ts";
import type { StatementComparison } from "./comparison.ts";

/** A statement with the experiment that makes it. */
interface Stated extends Statement {
  readonly experiment: Result["experiment"];
}

const UNCHANGED: Change = { words: "", grave: false };

/**
 * What both sides state: verdicts of orders, answers of membarrier, shapes that were seen.
 *
 * Statements hold for emulated hosts as for others. Those that only one side's plan asked for are
 * left out: it was not tried, which is no difference.
 */
export function compareStatements(
  left: readonly Run[],
  right: readonly Run[],
): StatementComparison[] {
  const [from, to] = [strongest(left), strongest(right)];
  return [...from].flatMap(([key, one]) => {
    const other = to.get(key);
    if (other === undefined) return [];
    const changed = isChanged(one, other);
    const { words, grave } = changed ? one.means(other.says) : UNCHANGED;
    const { experiment, subject } = one;
    return [{ experiment, subject, left: one.says, right: other.says, changed, words, grave }];
  });
}

function isChanged(one: Statement, other: Statement): boolean {
  return one.amount === undefined || other.amount === undefined
    ? one.says !== other.says
    : interruptsDiffer(one.amount, other.amount);
}

/** The statement of each subject that counts most, in the order of the first run. */
function strongest(runs: readonly Run[]): Map<string, Stated> {
  const found = new Map<string, Stated>();
  for (const run of runs) {
    for (const statement of run.results.flatMap(statedBy)) {
      const key = `${statement.experiment} ${statement.subject}`;
      const known = found.get(key);
      if (known === undefined || statement.rank > known.rank) found.set(key, statement);
    }
  }
  return found;
}

function statedBy(result: Result): Stated[] {
  const { experiment } = result;
  return kindOf(result).statements(result).map((statement) => ({ ...statement, experiment }));
}
