/// <reference lib="dom" />

/** Keeps the live page up to date. */

const list = document.querySelector<HTMLElement>("#live")!;
const state = document.querySelector<HTMLElement>("#live-state")!;

/** Puts what the server rendered in place, unless somebody is marking text or reading by keyboard there. */
function show(html: string): void {
  if (list.contains(document.activeElement)) return;
  list.innerHTML = html;
}

function say(text: string): void {
  if (state.textContent !== text) state.textContent = text;
}

const events = new EventSource("/api/live/events?as=html");
events.addEventListener("open", () => say("Runs show up here as they begin, go on and end."));
events.addEventListener("error", () => say("The server does not answer. Trying again…"));
events.addEventListener("html", (event: MessageEvent<string>) => show(event.data));
addEventListener("pagehide", () => events.close());
