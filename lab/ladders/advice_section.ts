/** What people read of advice: each chain in order, with reasons and costs at the hosts seen. */

import {
  BREAK,
  type Group,
  group,
  intro,
  list,
  type Section,
  type Text,
} from "../document/blocks.ts";
import type { HostView } from "../experiments/run/host_view.ts";
import { time } from "../experiments/run/words.ts";
import { type Advice, adviceFor, type HostCost, usableRungs } from "./advice.ts";

/** Which techniques to try for each need, in which order. */
export function adviceSection(
  hosts: readonly HostView[],
  advice: readonly Advice[] = adviceFor(hosts.map(({ run }) => run)),
): Section | null {
  if (hosts.length === 0 || advice.length === 0) return null;
  return {
    id: "advice",
    title: "Advice: which chain to use",
    blocks: [
      intro(
        "For each need the techniques to try, in this order, with the reason and what each costs on " +
          "the hosts of this report. No rung rests on anything that documentation does not promise, " +
          "unless it says so.",
      ),
      ...advice.map(chainOf),
    ],
  };
}

/** The chain for one need, with what stands at its bottom, and what the hosts seen rule out. */
export function chainOf(advice: Advice): Group {
  const { need, title, rungs, bottom } = advice;
  const left = rungs.filter(({ leftOut }) => leftOut !== null);
  const points = [
    ...usableRungs(advice).map(({ technique, why, costs }): Text => [
      { text: technique, tone: "strong" },
      { text: ": ", short: BREAK },
      why,
      BREAK,
      { text: costLine(costs), tone: "faint" },
    ]),
    [{ text: "at the bottom: ", tone: "strong" as const, short: "" }, bottom],
  ];
  return group(
    `You need ${title}`,
    [
      list(points, true),
      ...left.length === 0 ? [] : [
        list(left.map(({ technique, leftOut }): Text => ({
          text: `left out: ${technique}: ${leftOut}`,
          tone: "faint",
        }))),
      ],
    ],
    false,
    `${need}: ${title}`,
  );
}

function costLine(costs: readonly HostCost[]): string {
  return costs.length === 0 ? "no host seen" : costs.map(costText).join("; ");
}

function costText({ host, ns, available, failed, emulated, soundness }: HostCost): string {
  if (available === false) return `${host}: not available`;
  const worth = soundness === "by contract" ? "" : `, ${soundness}`;
  if (ns === null && failed !== null) return `${host}: failed (${failed})${worth}`;
  if (ns === null) return `${host}: ${available ? "not measured" : "not tried"}${worth}`;
  return `${host}: ${time(ns)}${emulated ? " (emulated)" : ""}${worth}`;
}
