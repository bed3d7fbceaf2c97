import type { JSX } from "hono/jsx/jsx-runtime";
import { printable } from "../../../lab/text/printable.ts";
import type { TraceIndexMeta } from "../../../traces/index/meta.ts";
import type { SliceDetails } from "../../../traces/index/slice_details.ts";
import { factsOf } from "../../islands/timeline/slice_facts.ts";
import { shownName } from "../../islands/timeline/names.ts";

/** What is known of a slice, as the island shows it: links of the list lead here without scripts. */
export function SelectedSlice({ meta, slice }: {
  readonly meta: TraceIndexMeta;
  /** Null: none is selected. */
  readonly slice: SliceDetails | null;
}): JSX.Element {
  if (slice === null) {
    return <p>Nothing is selected: click a slice, or an operation in the list.</p>;
  }
  return (
    <>
      <h3>{shownName(slice.name)}</h3>
      <dl class="facts">
        {factsOf(slice, shownName(meta.rows[slice.row]?.name ?? "")).map(([term, value]) => (
          <div>
            <dt>{term}</dt>
            <dd>{printable(value)}</dd>
          </div>
        ))}
      </dl>
      <noscript>
        <p class="note">Its arrows and its budget need JavaScript.</p>
      </noscript>
    </>
  );
}
