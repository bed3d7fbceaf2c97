/** What files of captures are called. */

/** Name of the trace in a run directory. */
export const TRACE_FILE = "capture.pftrace";

/** Name of its index there. */
export const INDEX_FILE = "capture.pfindex";

/** The index beside a trace: `x.pfindex` of `x.pftrace`. */
export function indexBeside(trace: string): string {
  return `${trace.replace(/\.pftrace$/, "")}.pfindex`;
}
