import type { Registration, Run } from "../run/run_schema.ts";
import { emulatedStamp } from "../run/emulated.ts";
import { paint, type RenderOptions } from "../../text/style.ts";
import { type Column, renderTable } from "../../document/table.ts";
import { formatNs } from "../../text/units.ts";

interface Row {
  technique: string;
  coldSingle: Registration;
  coldThreaded: Registration | null;
  warm: Registration;
}

/**
 * What registering for a technique costs: the first time in a process with one thread, the first time
 * in one with many, and again.
 *
 * @returns "" if the run measured no registration.
 */
export function renderRegistration(run: Run, options: RenderOptions): string {
  const rows: Row[] = [];
  for (const result of run.results) {
    if (result.experiment !== "cost" || result.registerNs === null) continue;
    rows.push({ technique: result.technique, ...result.registerNs });
  }
  if (rows.length === 0) return "";
  const heading = paint("Cost of registering", "strong", options);
  const legend = "median (greatest) of the registrations";
  return [
    ...emulatedStamp(run, options),
    heading,
    renderTable(columnsFor(options), rows, options),
    `  ${paint(legend, "faint", options)}`,
  ].join("\n");
}

function columnsFor(options: RenderOptions): Column<Row>[] {
  const time = (registration: Registration | null): string => {
    if (registration === null || registration.count === 0) return "-";
    const { p50, max } = registration;
    return `${formatNs(p50, options)} (${formatNs(max, options)})`;
  };
  return [
    { title: "technique", text: (row) => row.technique },
    { title: "first, one thread", right: true, text: (row) => time(row.coldSingle) },
    { title: "first, many threads", right: true, text: (row) => time(row.coldThreaded) },
    { title: "again", right: true, text: (row) => time(row.warm) },
  ];
}
