import { category, METADATA_NAME } from "../perfetto/names.ts";
import type { Annotation, TrackEventWriter } from "../perfetto/track_events.ts";
import type { Capture } from "./capture_json.ts";
import type { Conversion } from "./conversion.ts";
import type { TraceTracks } from "./trace_tracks.ts";

/** Limits of what is taken over from capture.json; more is cut off. */
const MAX_ENTRIES = 1000;
const MAX_DEPTH = 8;
const MAX_NAME = 64;
const MAX_TEXT = 4096;

/**
 * Writes the capture's description as one instant, for PerfettoSQL:
 *
 * `SELECT flat_key, display_value FROM args JOIN slice USING (arg_set_id)
 *  WHERE slice.category = 'fencelab.meta'`
 *
 * Keys are paths, `debug.capture.kernel`, `debug.run.host.name`, `debug.conversion.matched`.
 *
 * @param time Where it stands, ns relative to the base.
 */
export function writeMetadata(
  events: TrackEventWriter,
  tracks: TraceTracks,
  time: number,
  { clocks: _clocks, threads: _threads, run, ...capture }: Capture,
  conversion: Omit<Conversion, "bytes">,
): void {
  events.instant({
    track: tracks.metadata(),
    time,
    category: category.metadata,
    name: METADATA_NAME,
    annotations: {
      capture: toAnnotation(capture, 0),
      run: toAnnotation(run, 0),
      conversion: toAnnotation(conversion, 0),
    },
  });
}

/** JSON as annotation; empty lists and sets have none. */
function toAnnotation(value: unknown, depth: number): Annotation | undefined {
  switch (typeof value) {
    case "number":
    case "bigint":
    case "boolean":
      return value;
    case "string":
      return value.slice(0, MAX_TEXT);
  }
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) {
    const list = value.slice(0, MAX_ENTRIES).flatMap((inner) =>
      toAnnotation(inner, depth + 1) ?? []
    );
    return list.length === 0 ? undefined : { list };
  }
  const entries = Object.entries(value).slice(0, MAX_ENTRIES).map(([name, inner]) =>
    // A dot in a name would look like nesting
    [name.replaceAll(/[^\w-]/g, "_").slice(0, MAX_NAME), toAnnotation(inner, depth + 1)] as const
  );
  return entries.length === 0 ? undefined : { set: Object.fromEntries(entries) };
}
