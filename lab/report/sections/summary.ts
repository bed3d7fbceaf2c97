import { assessLadders } from "../../ladders/assess.ts";
import { brokenPromises, mutationScore } from "../../experiments/ordering/score.ts";
import { subjectOfCase } from "../../experiments/conformance/conformance_schema.ts";
import { experiments } from "../../experiments/experiments.ts";
import {
  type Block,
  type Inline,
  list,
  paragraph,
  type Section,
  tableOf,
  terms,
  type Text,
} from "../../document/blocks.ts";
import type { UnreadRun } from "../gather.ts";
import { clip, type HostView } from "../../experiments/run/host_view.ts";
import {
  EMULATED_MEANS,
  hostName,
  hostTitle,
  joined,
  resultsOf,
  translatedWords,
} from "../../experiments/run/words.ts";

/** What the report is about, what it rests on, and what it found, in a page. */
export function summarySection(
  hosts: readonly HostView[],
  unread: readonly UnreadRun[],
): Section {
  return {
    id: "summary",
    title: "Summary",
    blocks: [
      paragraph(
        "Some programs make one side of a synchronisation almost free (the light side) and let the " +
          "other, rare side pay for both: it forces a memory barrier on every CPU that runs the " +
          "program. This report shows, for each host, which ways of doing that exist, whether they " +
          "really order memory, what they cost whom, and which one libraries end up with.",
      ),
      terms(
        { term: "asymmetric fence", meaning: "a memory barrier of which one side pays for both" },
        {
          term: "light side",
          meaning: "the frequent side; it executes nothing but a compiler barrier",
        },
        { term: "heavy side", meaning: "the rare side; it calls a technique" },
        {
          term: "technique",
          meaning: "what the heavy side does, such as membarrier(2), mprotect(2) or a signal",
        },
        { term: "sibling", meaning: "a thread of the same process that runs on another CPU" },
        { term: "host", meaning: "one machine or guest with one kernel" },
        { term: "emulated", meaning: EMULATED_MEANS },
      ),
      hostTable(hosts),
      ...findings(hosts),
      ...gaps(hosts, unread),
    ],
  };
}

function hostTable(hosts: readonly HostView[]): Block {
  return tableOf("Hosts of this report", hosts, [
    { title: "host", cell: hostName },
    { title: "architecture", cell: ({ run }) => run.host.arch },
    { title: "kernel", cell: ({ run }) => run.host.kernel },
    { title: "processor", cell: ({ run }) => cpuOf(run.environment) },
    { title: "CPUs", right: true, cell: ({ run }) => String(run.host.cpus) },
    { title: "kind", cell: ({ run }) => kindOf(run.host) },
    { title: "runs", right: true, cell: ({ runs }) => String(runs.length) },
    { title: "measured", cell: (host) => measured(host).join(", ") || "nothing" },
  ]);
}

function cpuOf(environment: Record<string, unknown>): string {
  const cpu = environment["cpu"] as { model?: unknown } | undefined;
  return typeof cpu?.model === "string" ? clip(cpu.model, 80) : "not known";
}

function kindOf(host: HostView["run"]["host"]): Text {
  if (host.translator) {
    return [{ text: "emulated", tone: "doubtful" }, `, ${translatedWords(host.translator)}`];
  }
  if (host.emulated) return [{ text: "emulated", tone: "doubtful" }, `, ${host.hypervisor ?? ""}`];
  return host.hypervisor === null ? "no hypervisor seen" : `guest of ${host.hypervisor}`;
}

function measured({ run }: HostView): string[] {
  return [...new Set(run.results.map(({ experiment }) => experiment))];
}

function findings(hosts: readonly HostView[]): Block[] {
  const points = hosts.flatMap((host) => {
    const found = [...conformance(host), ...ordering(host), ...fallbacks(host)];
    return found.map((text): Text => [{ text: hostTitle(host), tone: "strong" }, ": ", ...text]);
  });
  return points.length === 0 ? [] : [paragraph("What was found:"), list(points)];
}

type Finding = readonly Inline[];

function conformance(host: HostView): Finding[] {
  const cases = resultsOf(host, "conformance").flatMap((result) => result.cases)
    .filter((one) => !one.skipped && subjectOfCase(one) === "kernel");
  if (cases.length === 0) return [];
  const differ = cases.filter(({ pass }) => !pass);
  const link = { text: "conformance", to: "conformance" };
  if (differ.length === 0) {
    return [[`membarrier(2) answered all ${cases.length} tried cases as documented (`, link, ")."]];
  }
  return [[
    { text: `${differ.length} of ${cases.length}`, tone: "bad" },
    " answers of membarrier(2) differ from the documented ones (",
    link,
    ").",
  ]];
}

function ordering(host: HostView): Finding[] {
  const results = resultsOf(host, "ordering");
  const own = results.filter(({ role }) => role === "technique");
  if (own.length === 0) return [];
  const with_ = (verdict: string): string[] =>
    own.filter((result) => result.verdict === verdict).map(({ technique }) => technique);
  const sentences: Finding[] = [];
  const broken = brokenPromises(results);
  if (broken.length > 0) {
    const names = joined([...new Set(broken.map(({ technique }) => technique))]);
    sentences.push([
      { text: "A promise was broken", tone: "bad" },
      `: ${names} was seen not to order memory, against its documentation (`,
      { text: "verdicts", to: "ordering" },
      ").",
    ]);
  }
  const parts = [
    [with_("ordered"), "seen to order memory"],
    [with_("not-ordered"), "seen not to order memory"],
    [[...with_("not-discriminable"), ...with_("starved")], "this test cannot tell"],
  ] as const;
  const said = parts.filter(([names]) => names.length > 0)
    .map(([names, words]) => `${words}: ${joined(names)}`);
  const score = mutationScore(results);
  const mutants = score === null || score.within === 0
    ? ""
    : ` Of the techniques broken on purpose, ${score.caught} of ${score.within} were caught.`;
  sentences.push([`${said.join("; ")}.${mutants}`]);
  return sentences;
}

/** Where libraries stand that are refused membarrier. */
function fallbacks({ run }: HostView): Finding[] {
  const landings = assessLadders(run).filter(({ situation }) => situation === "eperm");
  const libraries = (soundness: string): string[] =>
    landings.filter((landing) => landing.soundness === soundness).map(({ library }) => library);
  const unsound = libraries("unsound");
  const observed = libraries("observed");
  const said: Finding[] = [];
  if (unsound.length > 0) {
    said.push([
      `${joined(unsound)} without membarrier: `,
      { text: "unsound", tone: "bad" },
      " here (",
      { text: "ladders", to: "ladders" },
      ").",
    ]);
  }
  if (observed.length > 0) {
    said.push([
      `${joined(observed)} without membarrier: what is relied on was observed here, and no ` +
      "documentation promises it (",
      { text: "ladders", to: "ladders" },
      ").",
    ]);
  }
  return said;
}

/** What the report would need to be complete. */
function gaps(hosts: readonly HostView[], unread: readonly UnreadRun[]): Block[] {
  const points: Text[] = hosts.flatMap((host) => {
    const missing = experiments.filter(({ results }) =>
      host.run.results.every(({ experiment }) => !Object.hasOwn(results, experiment))
    ).map(({ name }) => name);
    return missing.length === 0 ? [] : [
      `${hostTitle(host)}: no results of ${joined(missing)}, so what rests on them is left out.`,
    ];
  });
  const invalid = hosts.flatMap((host) =>
    host.runs.filter(({ shown, warnings }) =>
      shown > 0 && warnings.some(({ invalidates }) => invalidates)
    ).map((note): Text => [
      `${hostTitle(host)}: a warning of run `,
      { code: note.id },
      " says that results must not be quoted (",
      { text: "environments", to: "environments" },
      ").",
    ])
  );
  const lost = unread.map(({ path, problem }): Text => [
    { text: "Left out", tone: "bad" },
    " ",
    { code: path },
    `: ${problem}`,
  ]);
  const all = [...lost, ...invalid, ...points];
  return all.length === 0 ? [] : [paragraph("What is missing or in doubt:"), list(all)];
}
