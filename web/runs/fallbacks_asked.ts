/** What is asked of the ladders and the advice, and who answers. */

import { z } from "@hono/zod-openapi";
import { type Advice, adviceFor, type AdviceNeed, needs } from "../../lab/ladders/advice.ts";
import { adviceHeader } from "../../lab/ladders/advice_header.ts";
import { renderBlocks } from "../../lab/document/terminal.ts";
import { chainOf } from "../../lab/ladders/advice_section.ts";
import type { HostView } from "../../lab/experiments/run/host_view.ts";
import { Problem } from "../base/problem.ts";

/** All needs, in the order of the form. */
export const NEEDS = Object.keys(needs) as AdviceNeed[];

/** Columns of the text; there is no terminal. */
const TEXT_WIDTH = 100;

/** What the form sends. */
export const needSchema = z.enum(NEEDS);

/**
 * The hosts by their labels; all if none is named.
 *
 * @throws {Problem} If there is no host of that label.
 */
export function hostsNamed(
  views: readonly HostView[],
  labels: readonly string[],
): readonly HostView[] {
  const wanted = labels.filter((label) => label !== "");
  const unknown = wanted.find((label) => !views.some((view) => view.label === label));
  if (unknown !== undefined) {
    const remedy = `choose one of ${views.map(({ label }) => label).join(", ") || "none yet"}`;
    throw new Problem(404, `There is no host '${unknown}' among the newest`, remedy);
  }
  return wanted.length === 0 ? views : views.filter(({ label }) => wanted.includes(label));
}

/** Advice for the needs that are asked for; for all if none is. */
export function adviceOf(views: readonly HostView[], wanted: readonly AdviceNeed[]): Advice[] {
  return adviceFor(views.map(({ run }) => run))
    .filter(({ need }) => wanted.length === 0 || wanted.includes(need));
}

/** Advice as the command `lab advise` prints it. */
export function adviceText(advice: readonly Advice[]): string {
  return `${renderBlocks(advice.map(chainOf), { color: false, width: TEXT_WIDTH })}\n`;
}

/** Advice as `lab advise --json` prints it. */
export function adviceJson(views: readonly HostView[], advice: readonly Advice[]): string {
  const hosts = views.map(({ run, name }) => ({ run: run.id, host: { ...run.host, name } }));
  return `${JSON.stringify({ schema: "fencelab.advice/1", hosts, advice })}\n`;
}

/** Advice as a C header. */
export function adviceC(views: readonly HostView[], advice: readonly Advice[]): string {
  const seen = views.map(({ run: { id, host } }) =>
    `${host.name}, ${host.arch}, ${host.kernel}: run ${id}`
  );
  return adviceHeader(advice, seen);
}
