import type { JSX } from "hono/jsx/jsx-runtime";
import { printable } from "../../lab/text/printable.ts";
import { formatSeconds } from "../../lab/text/units.ts";
import type { RunSort } from "../../lab/store/run_query.ts";
import type { DamagedRow, ReadableRow, RunRow } from "../../lab/store/run_row.ts";
import { type RunsParams, runsUrl } from "../runs/runs_query.ts";
import { Emulated, moment, shown } from "./texts.tsx";

/** Sides of a comparison that runs are chosen for. */
export const SIDES = ["base", "with"] as const;

/** What comparisons call the sides; links had other names first. */
export const SIDE_NAMES = { base: "left", with: "right" } as const;

/** Runs that were chosen on other pages of the list, or before. */
export type Chosen = Readonly<Record<typeof SIDES[number], readonly string[]>>;

/** The same as parameters of an address. */
export function chosenPairs(chosen: Chosen): (readonly [string, string])[] {
  return SIDES.flatMap((side) => chosen[side].map((id) => [side, id] as const));
}

interface RunColumn {
  readonly title: string;
  readonly sort?: RunSort;
  readonly right?: boolean;
}

const COLUMNS: readonly RunColumn[] = [
  { title: "run" },
  { title: "started (UTC)", sort: "started" },
  { title: "host", sort: "host" },
  { title: "arch", sort: "arch" },
  { title: "kernel", sort: "kernel" },
  { title: "experiments" },
  { title: "took", sort: "seconds", right: true },
  { title: "warnings", sort: "warnings", right: true },
];

/** A table of runs. */
export interface RunTableProps {
  readonly rows: readonly RunRow[];
  readonly caption: string;
  /** For the links that sort; left out: the table cannot be sorted. */
  readonly params?: RunsParams;
  /** For boxes that choose runs to compare; left out: there are none. */
  readonly chosen?: Chosen;
}

/** A table of runs, damaged ones with what is wrong with them. */
export function RunTable({ rows, caption, params, chosen }: RunTableProps): JSX.Element {
  return (
    <div class="scroll" role="group" aria-labelledby="runs-caption" tabindex={0}>
      <table class="runs">
        <caption id="runs-caption">{caption}</caption>
        <thead>
          <tr>
            {chosen && SIDES.map((side) => <th scope="col" class="box">{SIDE_NAMES[side]}</th>)}
            {COLUMNS.map((column) => <Heading column={column} params={params} chosen={chosen} />)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) =>
            row.state === "ok"
              ? <Readable row={row} chosen={chosen} />
              : <Damaged row={row} chosen={chosen} />
          )}
        </tbody>
      </table>
    </div>
  );
}

interface HeadingProps {
  readonly column: RunColumn;
  readonly params: RunsParams | undefined;
  readonly chosen: Chosen | undefined;
}

function Heading({ column: { title, sort, right }, params, chosen }: HeadingProps): JSX.Element {
  const kind = right ? "figure" : undefined;
  if (!params || !sort) return <th scope="col" class={kind}>{title}</th>;
  const current = params.sort === sort;
  // The first click on a name sorts it from its beginning, on a figure from the greatest
  const natural = sort === "started" || right ? "desc" : "asc";
  const order = !current ? natural : params.order === "asc" ? "desc" : "asc";
  const others = chosen === undefined ? [] : chosenPairs(chosen);
  const direction = params.order === "asc" ? "ascending" : "descending";
  return (
    <th scope="col" class={kind} aria-sort={current ? direction : undefined}>
      <a href={runsUrl({ ...params, sort, order, page: 1 }, others)} data-keeps-choice="">
        {title}
        {current && <span aria-hidden="true">{params.order === "asc" ? " ▲" : " ▼"}</span>}
      </a>
    </th>
  );
}

function Readable(
  { row, chosen }: { row: ReadableRow; chosen: Chosen | undefined },
): JSX.Element {
  return (
    <tr>
      {chosen && SIDES.map((side) => (
        <td class="box">
          <input
            type="checkbox"
            name={side}
            value={row.id}
            checked={chosen[side].includes(row.id)}
            aria-label={`${SIDE_NAMES[side]}: ${row.id}`}
          />
        </td>
      ))}
      <th scope="row">
        <a href={`/runs/${row.id}`}>{row.id}</a>
      </th>
      <td class="time">{moment(row.startedAt)}</td>
      <td>
        {shown(row.host)}
        {row.emulated && <Emulated />}
      </td>
      <td>{row.arch}</td>
      <td>{shown(row.kernel, 40)}</td>
      <td>{row.experiments.join(", ")}</td>
      <td class="figure">{formatSeconds(row.seconds)}</td>
      <td class="figure">
        {row.invalidated ? <span class="bad">{row.warnings} invalid</span> : row.warnings}
      </td>
    </tr>
  );
}

function Damaged({ row, chosen }: { row: DamagedRow; chosen: Chosen | undefined }): JSX.Element {
  return (
    <tr>
      {chosen && <td class="box" colspan={SIDES.length}></td>}
      <th scope="row">{printable(row.id)}</th>
      <td class="time">{moment(row.startedAt)}</td>
      <td colspan={COLUMNS.length - 2} class="wide">
        <span class="bad">damaged</span> {shown(row.error, 600)}
      </td>
    </tr>
  );
}
