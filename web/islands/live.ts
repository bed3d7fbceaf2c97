/// <reference lib="dom" />

/** Keeps the live page up to date. */

const list = document.querySelector<HTMLElement>("#live")!;
const state = document.querySelector<HTMLElement>("#live-state")!;

/** A store that cannot be read ends the stream; when to ask again, ms. */
const AGAIN_MS = 3000;

/** Puts what the server rendered in place; who reads by keyboard stays at the link that was reached. */
function show(html: string): void {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const href = focused?.getAttribute("href") ?? null;
  list.innerHTML = html;
  if (href === null) return;
  list.querySelector<HTMLElement>(`a[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
}

function say(text: string): void {
  if (state.textContent !== text) state.textContent = text;
}

let events: EventSource | null = null;

/** Follows the runs; browsers try again by themselves only where the connection broke. */
function follow(): void {
  const source = new EventSource("/api/live/events?as=html");
  events = source;
  source.addEventListener("open", () => say("Runs show up here as they begin, go on and end."));
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) {
      return say("The server does not answer. Trying again…");
    }
    say("The server cannot tell of runs. Trying again…");
    setTimeout(follow, AGAIN_MS);
  });
  source.addEventListener("html", (event: MessageEvent<string>) => show(event.data));
}

follow();
addEventListener("pagehide", () => events?.close());
