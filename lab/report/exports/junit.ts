/** JUnit XML, as CI systems read it. */

import { escapeHtml } from "../../document/html/escape.ts";
import type { HostView } from "../../experiments/run/host_view.ts";
import type { Check } from "../../judgement/check.ts";
import { type Suite, suitesOf } from "./checks.ts";

/** The first lines, by which a file is known to be ours. */
export const JUNIT_SIGNATURE =
  '<?xml version="1.0" encoding="UTF-8"?>\n<!-- fencelab.report/1 -->\n';

/** All checks of some hosts, a suite for each experiment on a host. */
export function renderJunit(hosts: readonly HostView[]): string {
  const suites = suitesOf(hosts);
  const all = suites.flatMap(({ checks }) => checks);
  return `${JUNIT_SIGNATURE}<testsuites name="fencelab" ${counts(all)}>
${suites.map(suiteElement).join("")}</testsuites>
`;
}

function suiteElement({ host, experiment, startedAt, checks }: Suite): string {
  const name = escapeHtml(`${host}: ${experiment}`);
  const cases = checks.map((check) => caseElement(`fencelab.${host}.${experiment}`, check));
  return `<testsuite name="${name}" timestamp="${escapeHtml(startedAt)}" ${counts(checks)}>
${cases.join("")}</testsuite>
`;
}

function caseElement(suite: string, { name, outcome, why }: Check): string {
  const attributes = `classname="${escapeHtml(suite)}" name="${escapeHtml(name)}"`;
  const text = escapeHtml(why);
  const content = {
    passed: `<system-out>${text}</system-out>`,
    failed: `<failure message="${text}"/>`,
    skipped: `<skipped message="${text}"/>`,
  }[outcome];
  return `<testcase ${attributes}>${content}</testcase>\n`;
}

function counts(checks: readonly Check[]): string {
  const count = (wanted: Check["outcome"]): number =>
    checks.filter(({ outcome }) => outcome === wanted).length;
  return `tests="${checks.length}" failures="${count("failed")}" errors="0" ` +
    `skipped="${count("skipped")}"`;
}
