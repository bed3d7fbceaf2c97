/** Types of charts.js, for those who import it. */

/** What is drawn: one line for each of its series. */
export interface DrawnChart {
  readonly kind?: string;
  readonly series: readonly {
    readonly name: string;
    readonly color: number;
    readonly dashed: boolean;
  }[];
}

/** An axis of uPlot. */
export type Axis = Record<string, unknown>;

/** How a chart is drawn. */
export interface Drawing {
  /** Ends of the axes. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly axes: readonly [Axis, Axis];
  /** What all lines have in uPlot's words. */
  readonly line: Record<string, unknown>;
  /** Places on the horizontal axis, then the values of each line. */
  readonly data: readonly (readonly (number | null)[])[];
  /** Where a line bears its number; negative: nowhere. */
  readonly markAt: (line: readonly (number | null)[]) => number;
  /** What is read at a place. */
  readonly said: (at: number) => string;
}

export function color(name: string): string;
export function lineColor(number: number): string;
export function time(ns: number): string;
export function decadesAround(values: readonly (number | null)[]): [number, number];
export function axisOf(label: string, size: number, values: (value: number) => string): Axis;
export function drawCharts<UPlot>(
  UPlot: UPlot,
  charts: Readonly<Record<string, DrawnChart>>,
  // deno-lint-ignore no-explicit-any -- each kind knows its own charts
  kinds?: Record<string, (chart: any, UPlot: UPlot) => Drawing>,
): void;
