/** A figure of one run that stands there without the samples behind it: a rate, a share, a median. */
export interface Figure {
  readonly technique: string;
  /** What it is about, in words; of its experiment the only one with this subject and figure. */
  readonly subject: string;
  readonly figure: string;
  readonly unit: "ns" | "per-second" | "share" | "times";
  readonly value: number;
}
