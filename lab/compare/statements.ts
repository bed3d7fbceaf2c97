import type { CostResult, Result, Run } from "../experiments/run/run_schema.ts";
import type { CapturedTechnique } from "../experiments/capture/capture_schema.ts";
import type { DisturbanceResult } from "../experiments/disturbance/disturbance_schema.ts";
import type { RcuResult } from "../experiments/rcu/rcu_schema.ts";
import type { StatementComparison } from "./comparison.ts";
import { disturbanceSubject } from "../experiments/disturbance/disturbance_subject.ts";
import { interruptsDiffer } from "./interrupts.ts";

/** A statement of one run. */
interface Statement {
  experiment: Result["experiment"];
  subject: string;
  says: string;
  /** Of two that runs of one side make, the higher rank counts: proof beats its absence. */
  rank: number;
  /** What it says as a number; two of them are the same if they are close. */
  amount?: number;
  /** It is about the test, not about the machine: a control, or a mistake made on purpose. */
  ofTest?: boolean;
}

/** Verdicts of orders: what was seen beats what was not, and that beats what could not be seen. */
const VERDICT_RANK = { "not-ordered": 3, "ordered": 2, "not-discriminable": 1, "starved": 0 };

/** Verdicts that say something about the machine; the others say what the test could do. */
const FIRM = ["ordered", "not-ordered"];

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
    const { experiment, subject } = one;
    return [{
      experiment,
      subject,
      left: one.says,
      right: other.says,
      changed,
      words: changed ? meaning(one, other.says) : "",
      grave: changed && isGrave(one, other.says),
    }];
  });
}

function isChanged(one: Statement, other: Statement): boolean {
  return one.amount === undefined || other.amount === undefined
    ? one.says !== other.says
    : interruptsDiffer(one.amount, other.amount);
}

/** The statement of each subject that counts most, in the order of the first run. */
function strongest(runs: readonly Run[]): Map<string, Statement> {
  const found = new Map<string, Statement>();
  for (const run of runs) {
    for (const statement of run.results.flatMap(statementsOf)) {
      const key = `${statement.experiment} ${statement.subject}`;
      const known = found.get(key);
      if (known === undefined || statement.rank > known.rank) found.set(key, statement);
    }
  }
  return found;
}

function statementsOf(result: Result): Statement[] {
  const { experiment } = result;
  switch (experiment) {
    case "ordering": {
      const subject = `${result.technique}, ${result.role}: ${result.arrangement}`;
      const { verdict, role } = result;
      const ofTest = role === "control" || role === "mutant";
      return [{ experiment, subject, says: verdict, rank: VERDICT_RANK[verdict], ofTest }];
    }
    case "core-sync": {
      const { verdict, technique, order } = result;
      // Published before it is replaced, code must be seen stale, and without any technique it may
      const ofTest = order === "publish-first" || technique === "none";
      const subject = `${technique}, ${order}`;
      return [{ experiment, subject, says: verdict, rank: VERDICT_RANK[verdict], ofTest }];
    }
    case "conformance":
      return result.cases.map((entry) => ({
        experiment,
        subject: entry.name,
        says: entry.skipped
          ? "skipped"
          : `${entry.actual}${entry.pass ? "" : ", not as documented"}`,
        rank: entry.skipped ? 0 : entry.pass ? 1 : 2,
      }));
    case "shapes":
      return result.shapes.map((shape) => ({
        experiment,
        subject: `${shape.shape}, ${shape.barrier === "fence" ? "full fences" : "no fence"}`,
        says: !shape.ran ? "did not run" : shape.weak > 0 ? "Sometimes" : "Never",
        rank: !shape.ran ? 0 : shape.weak > 0 ? 2 : 1,
      }));
    case "capture":
      return result.techniques.filter((row) => row.available && row.ops > 0).flatMap(captured);
    case "cost":
      return [availability(result)];
    case "rcu":
      return result.available ? [soundness(result)] : [];
    case "disturbance":
      return result.available ? [harm(result)] : [];
  }
}

function captured(row: CapturedTechnique): Statement[] {
  const experiment = "capture" as const;
  const functions = {
    experiment,
    subject: `${row.technique}, what the targets run`,
    says: row.functions.length === 0 ? "nothing" : [...row.functions].sort().join(", "),
    rank: row.functions.length,
  };
  if (row.ipisPerOp === null) return [functions];
  return [{
    experiment,
    subject: `${row.technique}, interrupts per operation`,
    says: row.ipisPerOp.toFixed(2),
    rank: row.ops,
    amount: row.ipisPerOp,
  }, functions];
}

function soundness({ experiment, flavour, mode, mutant, stale }: RcuResult): Statement {
  return {
    experiment,
    subject: `${flavour}, ${mode}${mutant ? ", fences left out" : ""}`,
    says: stale > 0 ? "freed objects were read" : "no freed object was read",
    rank: stale > 0 ? 1 : 0,
    ofTest: mutant,
  };
}

const HARM_RANK = { hurt: 2, unharmed: 1, unclear: 0 };

function harm(result: DisturbanceResult): Statement {
  const { experiment, effect } = result;
  return {
    experiment,
    subject: disturbanceSubject(result),
    says: effect,
    rank: HARM_RANK[effect],
  };
}

function availability(result: CostResult): Statement {
  const { experiment, technique, callers, siblings, placement, available, errno } = result;
  const crew = `${callers} and ${siblings}${placement === "none" ? "" : ` ${placement}`}`;
  return {
    experiment,
    subject: `${technique}, callers and siblings ${crew}`,
    says: available ? "available" : `not available${errno === null ? "" : ` (${errno})`}`,
    rank: available ? 1 : 0,
  };
}

function meaning({ experiment, says: left, subject, ofTest }: Statement, right: string): string {
  if (experiment === "ordering" || experiment === "core-sync") {
    if (!FIRM.includes(right)) {
      return "the right could not tell: evidence, not the machine, changed";
    }
    if (!FIRM.includes(left)) return "the left could not tell: evidence, not the machine, changed";
    if (ofTest) return "a control or mistake made on purpose came out differently";
    const [broke, kept] = right === "not-ordered" ? ["right", "left"] : ["left", "right"];
    return `the ${broke} was seen to break what the ${kept} kept`;
  }
  if (left === "skipped" || right === "skipped") return "one side did not try it";
  if (left === "did not run" || right === "did not run") return "one side did not run it";
  switch (experiment) {
    case "conformance":
      return "the kernels answer differently";
    case "shapes":
      return "only one side showed this outcome";
    case "capture":
      return subject.endsWith("run") ? "the kernels do it by other functions" : "other interrupts";
    case "disturbance":
      return left === "unclear" || right === "unclear"
        ? "one side could not tell"
        : "only one side's victim is hurt";
    case "rcu":
      return ofTest ? "the test caught the missing fences on one side" : "only one side read them";
    default:
      return "only one side can use it";
  }
}

/** Whether a change bears on soundness: what both sides tried, and only one kept. */
function isGrave({ experiment, says: left, ofTest }: Statement, right: string): boolean {
  if (ofTest) return false;
  if (experiment === "ordering" || experiment === "core-sync") {
    return FIRM.includes(left) && FIRM.includes(right);
  }
  return (experiment === "conformance" && left !== "skipped" && right !== "skipped") ||
    experiment === "rcu";
}
