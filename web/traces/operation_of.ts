import { Problem } from "../base/problem.ts";
import type { IndexFiles } from "./index_files.ts";
import type { TraceRef } from "../base/trace_ref.ts";

/**
 * The number in the capture of the operation that a slice is.
 *
 * @param slice Its number in the trace's index.
 * @throws {Problem} If there is no index yet, no such slice, or it is no operation.
 */
export async function operationOf(
  { indexes }: { readonly indexes: Pick<IndexFiles, "find"> },
  trace: TraceRef,
  slice: number,
): Promise<number> {
  const found = await indexes.find(trace);
  if (found.state === "building") {
    throw new Problem(503, "The trace's index is being made", "ask again in some seconds");
  }
  const { index, operations } = found.open;
  if (slice < index.firstOperation || slice >= index.columns.slices.begins.length) {
    throw new Problem(404, `Slice ${slice} is no operation`, "choose one of the table");
  }
  return operations.operation(slice).opId;
}
