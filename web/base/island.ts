/** Programs of `web/islands/`, by their names without `.ts`. */
export type IslandName =
  | "charts"
  | "live"
  | "perfetto"
  | "run_choice"
  | "sql_console"
  | "timeline"
  | "upload";

/** Attributes of a control that cannot be used before its island has started. */
export interface NeedsIsland {
  readonly disabled: true;
  readonly title: string;
  readonly "data-island": IslandName;
}

/**
 * For a button or field that does nothing without a script: it is disabled until the island, as the
 * last step of its start, calls `started()`; without JavaScript it is not shown.
 *
 * Links and forms that the server answers need none: they work before.
 */
export function needsIsland(island: IslandName): NeedsIsland {
  return { disabled: true, title: "Waits for the page's script", "data-island": island };
}
