import { type Advice, adviceFor, type HostCost, usableRungs } from "../../ladders/advice.ts";
import { assessLadders, type Landing, situations } from "../../ladders/assess.ts";
import { ladders } from "../../ladders/ladders.ts";
import type { Tone } from "../../text/style.ts";
import {
  type Block,
  BREAK,
  group,
  type Inline,
  list,
  paragraph,
  type Section,
  tableOf,
  terms,
  type Text,
} from "../../document/blocks.ts";
import type { HostView } from "../../experiments/run/host_view.ts";
import { hostTitle, time } from "../../experiments/run/words.ts";

const TONES: Readonly<Record<Landing["soundness"], Tone>> = {
  "by contract": "good",
  "observed": "doubtful",
  "unsound": "bad",
  "unknown": "doubtful",
  "no fence": "plain",
};

/** Where production libraries land on each host. */
export function ladderSection(hosts: readonly HostView[]): Section | null {
  if (hosts.length === 0) return null;
  return {
    id: "ladders",
    title: "Ladders: which fallback libraries land on",
    blocks: [
      paragraph(
        "Libraries try one technique after another (rungs of a ladder) and take the first that the " +
          "system grants. The tables say which rung that is on each host, as it is and when a " +
          "sandbox refuses membarrier, and whether the rung is sound there.",
      ),
      terms(
        { term: "by contract", meaning: "documentation promises what the library needs" },
        { term: "observed", meaning: "nothing promises it; it was seen to work on this host" },
        {
          term: "unsound",
          meaning: "it was seen not to work there, or cannot: the library may fail silently",
        },
        { term: "unknown", meaning: "nothing promises it, and the runs do not tell" },
        { term: "no fence", meaning: "no asymmetric fence is used, so nothing can be unsound" },
      ),
      ...hosts.map((host) => group(hostTitle(host), [landings(host)])),
      group("Sources of the ladders", [sources()], true),
    ],
  };
}

function landings(host: HostView): ReturnType<typeof tableOf> {
  const byLibrary = [...Map.groupBy(assessLadders(host.run), ({ library }) => library)];
  return tableOf(`Where libraries land on ${host.label}`, byLibrary, [
    { title: "library", cell: ([library]) => library },
    ...situations.map(({ id, title }) => ({
      title,
      cell: ([, all]: [string, Landing[]]): Text => {
        const landing = all.find(({ situation }) => situation === id);
        return landing ? landingText(landing) : "–";
      },
    })),
  ], host.run.host.emulated);
}

function landingText(landing: Landing): Text {
  const lines: Inline[] = [landing.rung, BREAK, {
    text: landing.soundness,
    tone: TONES[landing.soundness],
  }];
  const cost = [
    ...landing.costNs === null ? [] : [time(landing.costNs)],
    ...landing.interruptsPerOp === null ? [] : [`${landing.interruptsPerOp.toFixed(2)} interrupts`],
  ];
  if (cost.length > 0) lines.push(BREAK, cost.join(", "));
  return [...lines, BREAK, { text: landing.why, tone: "faint" }];
}

function sources(): ReturnType<typeof tableOf> {
  return tableOf("How each library chooses", ladders, [
    { title: "library", cell: ({ library }) => library },
    { title: "rungs, in order", cell: ({ rungs }) => rungs.map(({ name }) => name).join(" → ") },
    { title: "finds out by", cell: ({ detection }) => detection },
    { title: "note", cell: ({ note }) => note },
    { title: "read from", cell: ({ source }) => source },
  ]);
}

/** Which techniques to try for each need, in which order. */
export function adviceSection(hosts: readonly HostView[]): Section | null {
  const advice = adviceFor(hosts.map(({ run }) => run));
  if (hosts.length === 0 || advice.length === 0) return null;
  return {
    id: "advice",
    title: "Advice: which chain to use",
    blocks: [
      paragraph(
        "For each need the techniques to try, in this order, with the reason and what each costs on " +
          "the hosts of this report. No rung rests on anything that documentation does not promise, " +
          "unless it says so.",
      ),
      ...advice.map((one) =>
        group(`You need ${one.title}`, [
          list([
            ...usableRungs(one).map(({ technique, why, costs }): Text => [
              { text: technique, tone: "strong" },
              `: ${why}.`,
              BREAK,
              { text: `Median of a call: ${costs.map(costText).join("; ")}.`, tone: "faint" },
            ]),
            [{ text: "at the bottom", tone: "strong" }, `: ${one.bottom}.`],
          ], true),
          ...leftOut(one),
        ])
      ),
    ],
  };
}

/** Rungs that hosts of the report rule out. */
function leftOut({ rungs }: Advice): Block[] {
  const left = rungs.filter((rung) => rung.leftOut !== null);
  return left.length === 0 ? [] : [
    paragraph("Left out:"),
    list(left.map(({ technique, leftOut }): Text => `${technique}: ${leftOut}.`)),
  ];
}

function costText({ host, ns, available, emulated, soundness }: HostCost): string {
  const cost = costWords({ host, ns, available, emulated });
  return soundness === "by contract" || available === false ? cost : `${cost}, ${soundness}`;
}

function costWords(
  { host, ns, available, emulated }: Pick<HostCost, "host" | "ns" | "available" | "emulated">,
): string {
  const name = emulated ? `${host} (emulated)` : host;
  if (available === false) return `${name}: refused`;
  if (available === null) return `${name}: not tried`;
  return ns === null ? `${name}: available` : `${name}: ${time(ns)}`;
}
