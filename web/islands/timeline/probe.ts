/// <reference lib="dom" />

/**
 * What benches and tests look at: `globalThis.fencelabTimeline`.
 *
 * Beside it there are performance marks, `timeline-first-draw` (rows are there, tiles may still be
 * missing) and `timeline-ready` (everything that is visible is there), and an event of that name on
 * the document.
 */

import type { Drawn } from "./scene.ts";
import type { Model } from "./model.ts";
import type { Stage } from "./stage.ts";

/** What can be asked. */
export interface TimelineProbe {
  /** Resolves when everything that is visible at first is painted. */
  readonly ready: Promise<void>;
  /** What is visible, ns. */
  view(): { from: number; to: number };
  /** What the last picture held, and how long it took to paint, ms. */
  drawn(): Drawn & { paintMs: number };
  /** The slice that is selected. */
  selected(): number | null;
  /** Bytes of tiles that are kept. */
  tileBytes(): number;
}

declare global {
  var fencelabTimeline: TimelineProbe | undefined;
}

/** Puts the probe in place. @returns To be called after each picture. */
export function installProbe(model: Model, stage: () => Stage): () => void {
  let made: () => void;
  const ready = new Promise<void>((resolve) => made = resolve);
  let [first, complete] = [false, false];
  globalThis.fencelabTimeline = {
    ready,
    view: () => ({ from: model.scene.view.from, to: model.scene.view.to }),
    drawn: () => ({ ...stage().drawn, paintMs: stage().paintMs }),
    selected: () => model.scene.selection?.id ?? null,
    tileBytes: () => model.cache.bytes,
  };
  return (): void => {
    const { parts, missing } = model.scene.sources;
    if (!first && parts.length > 0) {
      first = true;
      performance.mark("timeline-first-draw");
    }
    if (complete || missing > 0 || parts.length === 0) return;
    complete = true;
    performance.mark("timeline-ready");
    document.dispatchEvent(new CustomEvent("timeline-ready"));
    made();
  };
}
