import type { JSX } from "hono/jsx/jsx-runtime";
import { needsIsland } from "../../base/island.ts";
import { Emulated } from "../texts.tsx";

const SCRIPTED = needsIsland("timeline");

/** Where the island draws; it fills in rows and times. */
export function TimelineFrame({ search, allRows, emulated }: {
  /** What is searched for. */
  readonly search: string;
  /** Whether threads are shown that have nothing to show. */
  readonly allRows: boolean;
  /** Whether times mean nothing. */
  readonly emulated: boolean;
}): JSX.Element {
  return (
    <section id="timeline" class="timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">
        Timeline{emulated && (
          <>
            <Emulated />
          </>
        )}
      </h2>
      <noscript>
        <p class="note">The timeline needs JavaScript. The list of operations does not.</p>
      </noscript>
      <div class="timeline-bar">
        <form id="timeline-search" role="search" method="get">
          <label>
            <span class="timeline-hidden">Search slices by name or #number</span>
            <input
              type="search"
              name="q"
              value={search}
              placeholder="Search slices"
              {...SCRIPTED}
            />
          </label>
          <button type="button" data-direction="previous" aria-label="Previous hit" {...SCRIPTED}>
            ◀
          </button>
          <button type="button" data-direction="next" aria-label="Next hit" {...SCRIPTED}>▶</button>
          <output id="timeline-hits"></output>
        </form>
        <span class="timeline-buttons">
          <label>
            <input
              type="checkbox"
              id="timeline-idle"
              checked={!allRows}
              autocomplete="off"
              {...SCRIPTED}
            />{" "}
            Only threads with operations here
          </label>
          <button type="button" data-command="in" aria-label="Zoom in" {...SCRIPTED}>+</button>
          <button type="button" data-command="out" aria-label="Zoom out" {...SCRIPTED}>−</button>
          <button type="button" data-command="whole" {...SCRIPTED}>Whole trace</button>
          <button type="button" data-command="help" aria-label="Keys of the timeline" {...SCRIPTED}>
            ?
          </button>
        </span>
      </div>
      <div id="timeline-overview" class="timeline-overview">
        <canvas aria-hidden="true"></canvas>
        <div id="timeline-frame" class="timeline-frame"></div>
      </div>
      <div id="timeline-scroller" class="timeline-scroller">
        <div class="timeline-labels">
          <div class="timeline-corner"></div>
          <div id="timeline-rows"></div>
        </div>
        <div class="timeline-body">
          <div class="timeline-sticky">
            <canvas
              id="timeline-canvas"
              role="application"
              aria-roledescription="timeline"
              aria-label="Timeline of CPUs, interrupts and operations"
              aria-describedby="timeline-hint timeline-said"
            >
            </canvas>
            <div id="timeline-tooltip" class="timeline-tooltip" hidden></div>
          </div>
        </div>
      </div>
      <p class="timeline-status">
        <span id="timeline-window"></span>
        <span id="timeline-cursor"></span>
        <span id="timeline-marked" role="status"></span>
        <span id="timeline-problem" role="status" class="bad"></span>
      </p>
      <p class="timeline-status" id="timeline-said" role="status"></p>
      <p class="timeline-hint" id="timeline-hint">
        Keys: w and s zoom, a and d move, f goes to the selection, ? shows all keys.
      </p>
      <KeysDialog />
    </section>
  );
}

/** Keys and what they do; see web/islands/timeline/keyboard.ts. */
const KEYS = [
  ["w, s", "zoom in and out at the pointer; hold to go on"],
  ["a, d or ←, →", "move to earlier and later times"],
  ["↑, ↓", "scroll the rows"],
  ["0", "show the whole trace"],
  ["f", "zoom to the selection"],
  ["m", "mark the time of the selection, or end the marking"],
  ["[, ]", "follow an arrow to its sender, to its target"],
  [", and .", "select the slice before and after in the same row"],
  ["Enter on a row's name", "select the row's first visible slice"],
  ["/", "search; then Enter goes to the next hit, Shift+Enter to the one before"],
  ["Escape", "select nothing, then end the marking"],
  ["?", "show these keys"],
  ["Drag", "move"],
  ["Shift and drag", "mark a stretch of time"],
  ["Ctrl and wheel, pinch", "zoom"],
  ["Wheel", "scroll the rows; with Shift, move"],
] as const;

function KeysDialog(): JSX.Element {
  return (
    <dialog id="timeline-keys" class="timeline-keys" aria-labelledby="timeline-keys-title">
      <h2 id="timeline-keys-title">Keys of the timeline</h2>
      <dl>
        {KEYS.map(([keys, what]) => (
          <div>
            <dt>{keys}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
