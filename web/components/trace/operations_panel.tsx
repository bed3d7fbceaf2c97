import type { JSX } from "hono/jsx/jsx-runtime";
import { formatCpuList } from "../../../lab/text/cpu_list.ts";
import { printable } from "../../../lab/text/printable.ts";
import { formatNs } from "../../../lab/text/units.ts";
import type { OperationOrder } from "../../../traces/index/operation_list.ts";
import type { ListedOperation, OperationPage } from "../../../traces/index/answers.ts";
import { grouped, many, shown } from "../texts.tsx";

/** What the list shows. */
export interface ListQuery {
  readonly sort: OperationOrder;
  readonly descending: boolean;
  readonly technique: string | null;
  /** From 1. */
  readonly page: number;
}

/** Operations on a page. */
export const PAGE_SIZE = 50;

/** An address that differs in some values; null takes one out. */
export type Address = (values: Readonly<Record<string, string | number | null>>) => string;

/** The list of operations: sorted, filtered and paged by links that work without scripts. */
export function OperationsPanel({ query, found, address, selected, emulated }: {
  readonly query: ListQuery;
  readonly found: OperationPage;
  readonly address: Address;
  readonly selected: number | null;
  readonly emulated: boolean;
}): JSX.Element {
  const { total, operations } = found;
  return (
    <div id="operations" class="operations">
      <Filter query={query} found={found} />
      {total === 0 ? <p class="empty">The trace holds no operation of this lab that fits.</p> : (
        <>
          <p id="operations-title">
            {many(total, "operation")}
            {emulated ? " (emulated: times mean nothing)" : ""}
          </p>
          <div class="scroll" role="group" aria-labelledby="operations-title" tabindex={0}>
            <table>
              <Head query={query} address={address} />
              <tbody>
                {operations.map((one) => (
                  <Row operation={one} address={address} selected={one.id === selected} />
                ))}
              </tbody>
            </table>
          </div>
          <Paging query={query} total={total} address={address} />
        </>
      )}
    </div>
  );
}

function Filter({ query, found }: {
  readonly query: ListQuery;
  readonly found: OperationPage;
}): JSX.Element {
  return (
    <form method="get" class="filters">
      <input type="hidden" name="sort" value={query.sort} />
      <input type="hidden" name="order" value={query.descending ? "desc" : "asc"} />
      <label>
        Technique
        <select name="technique" id="operations-technique">
          <option value="" selected={query.technique === null}>all</option>
          {found.techniques.map(({ technique, count }) => (
            <option value={technique} selected={technique === query.technique}>
              {`${printable(technique)} (${grouped(count)})`}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Show</button>
    </form>
  );
}

function Head({ query, address }: { query: ListQuery; address: Address }): JSX.Element {
  return (
    <thead>
      <tr>
        <th scope="col">Operation</th>
        <SortedBy by="duration" title="Duration" query={query} address={address} />
        <SortedBy by="time" title="Begin" query={query} address={address} />
        <th scope="col">Thread</th>
        <th scope="col" class="figure">CPU</th>
        <th scope="col" class="figure">Sends</th>
        <th scope="col">CPUs interrupted</th>
      </tr>
    </thead>
  );
}

function SortedBy({ by, title, query, address }: {
  readonly by: OperationOrder;
  readonly title: string;
  readonly query: ListQuery;
  readonly address: Address;
}): JSX.Element {
  const chosen = query.sort === by;
  const order = chosen ? (query.descending ? "asc" : "desc") : by === "time" ? "asc" : "desc";
  const state = query.descending ? "descending" : "ascending";
  return (
    <th scope="col" class="figure" aria-sort={chosen ? state : undefined}>
      <a href={address({ sort: by, order, page: null })} id={`operations-by-${by}`}>
        {title}
        {chosen ? (query.descending ? " ▼" : " ▲") : ""}
      </a>
    </th>
  );
}

function Row({ operation, address, selected }: {
  readonly operation: ListedOperation;
  readonly address: Address;
  readonly selected: boolean;
}): JSX.Element {
  const { id, opId, technique, beginNs, durationNs, thread, cpu, kept, sends, targets } = operation;
  // As wide as the island shows it: a third of the width
  const [from, to] = [beginNs - durationNs, beginNs + 2 * durationNs];
  const link = address({
    select: id,
    from: Math.max(0, Math.floor(from)),
    to: Math.ceil(to),
    tab: "details",
  });
  return (
    <tr aria-current={selected ? "true" : undefined}>
      <th scope="row">
        <a
          href={link}
          data-slice={id}
          data-begin={beginNs}
          data-end={beginNs + durationNs}
        >
          {shown(technique)} <span class="id">#{opId}</span>
        </a>
        {!kept && (
          <span class="faint" title="A thread was switched out meanwhile">
            , no sample
          </span>
        )}
      </th>
      <td class="figure">{formatNs(durationNs)}</td>
      <td class="figure">{formatNs(beginNs)}</td>
      <td>{shown(thread)}</td>
      <td class="figure">{cpu}</td>
      <td class="figure">{sends}</td>
      <td>{targets.length === 0 ? "none" : shown(formatCpuList(targets))}</td>
    </tr>
  );
}

function Paging({ query: { page }, total, address }: {
  readonly query: ListQuery;
  readonly total: number;
  readonly address: Address;
}): JSX.Element | null {
  const pages = Math.ceil(total / PAGE_SIZE);
  if (pages <= 1) return null;
  return (
    <nav class="paging" aria-label="Pages of operations">
      <ul>
        {page > 1 && (
          <li>
            <a href={address({ page: page === 2 ? null : page - 1 })} id="operations-before">
              Previous
            </a>
          </li>
        )}
        <li aria-current="page">Page {grouped(page)} of {grouped(pages)}</li>
        {page < pages && (
          <li>
            <a href={address({ page: page + 1 })} id="operations-after">Next</a>
          </li>
        )}
      </ul>
    </nav>
  );
}
