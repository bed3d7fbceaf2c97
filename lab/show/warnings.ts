import type { Run, Warning } from "../experiments/run/run_schema.ts";
import { printable } from "../text/printable.ts";
import { paint, type RenderOptions, wrap } from "../text/style.ts";

/** The warnings of a run, those that invalidate results first. */
export function renderWarnings(run: Run, options: RenderOptions): string {
  if (run.warnings.length === 0) return paint("No warnings", "good", options);
  const sorted = run.warnings.toSorted((left, right) =>
    Number(right.invalidates) - Number(left.invalidates)
  );
  const blocks = sorted.map((warning) => renderWarning(warning, options));
  return [paint("Warnings", "strong", options), ...blocks].join("\n");
}

function renderWarning(warning: Warning, options: RenderOptions): string {
  const stamp = warning.invalidates ? "INVALIDATES " : "";
  const tone = warning.invalidates ? "bad" : "doubtful";
  const code = printable(warning.code);
  const indent = 2 + code.length + 2;
  const message = wrap(stamp + printable(warning.message), options.width, indent);
  const remedy = wrap(`Remedy: ${printable(warning.remedy)}`, options.width, indent);
  const rest = message.slice(stamp.length);
  return `  ${paint(code, tone, options)}  ${paint(stamp, "bad", options)}${rest}\n` +
    `${" ".repeat(indent)}${paint(remedy, "faint", options)}`;
}
