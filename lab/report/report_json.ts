import { adviceFor } from "../ladders/advice.ts";
import { assessLadders } from "../ladders/assess.ts";
import { matrixOf } from "../ladders/matrix.ts";
import { kindOf } from "../experiments/experiments.ts";
import type { Run } from "../experiments/run/run_schema.ts";
import type { ReportSource } from "./compose.ts";
import type { HostView } from "../experiments/run/host_view.ts";
import { measurementsOf } from "./measurements.ts";
import { REPORT_SCHEMA, type ReportJson } from "./report_schema.ts";

/** What the report says, as data. */
export function reportJson({ hosts, unread, madeAt, version }: ReportSource): ReportJson {
  const runs = hosts.map(({ run }) => run);
  return {
    schema: REPORT_SCHEMA,
    madeAt: madeAt.toISOString(),
    fencelab: { version },
    hosts: hosts.map(hostJson),
    unread: [...unread],
    matrix: matrixOf(runs).map(({ technique, cells }) => ({ technique, cells: [...cells] })),
    verdicts: hosts.flatMap(verdictsOf),
    ladders: hosts.flatMap(({ label, run }) =>
      assessLadders(run).map((landing) => ({ host: label, ...landing }))
    ),
    advice: adviceFor(runs).map((advice) => ({
      ...advice,
      rungs: advice.rungs.map((rung) => ({ ...rung, costs: [...rung.costs] })),
    })),
    measurements: hosts.flatMap((host) => [...measured(host)]),
  };
}

function hostJson({ label, name, run: { host }, runs }: HostView): ReportJson["hosts"][number] {
  const { arch, kernel, cpus, emulated, hypervisor, translator = null } = host;
  return {
    label,
    name,
    arch,
    kernel,
    cpus,
    emulated,
    hypervisor,
    translator,
    runs: runs.map(({ version, build, experiments, warnings, ...note }) => ({
      ...note,
      fencelab: { version, build },
      experiments: [...experiments],
      warnings: [...warnings],
    })),
  };
}

function verdictsOf({ label, run, origin }: HostView): ReportJson["verdicts"] {
  return run.results.flatMap((result) => {
    const given = kindOf(result).verdict(result);
    if (given === null) return [];
    const { technique, ...rest } = given;
    const { experiment } = result;
    return [{ host: label, run: origin.get(result)!, experiment, technique, ...rest }];
  });
}

function* measured(
  { label, run, origin }: HostView,
): Generator<ReportJson["measurements"][number]> {
  for (const result of run.results) {
    const from: Run = { ...run, id: origin.get(result)! };
    yield* measurementsOf(from, [result], label);
  }
}
