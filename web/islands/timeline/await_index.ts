/// <reference lib="dom" />

/** Waits until the server has made a trace's index. */

import { element } from "../dom/elements.ts";

/** How often to ask, ms. */
const ASK_MS = 1000;

/** Assistive technology clicks and types without a pointer or a key. */
const BEGINNINGS = ["pointerdown", "keydown", "click", "input"];

/**
 * Asks until the index is there, then loads the page again: by itself only where nobody has begun
 * anything on it, such as to write SQL or to open the trace elsewhere.
 *
 * @param place Says how far it is.
 */
export async function awaitIndex(key: string, place: HTMLElement): Promise<void> {
  // Who is somewhere on the page by now has begun before this script did
  let begun = document.activeElement !== document.body;
  for (const event of BEGINNINGS) {
    addEventListener(event, () => begun = true, { once: true, capture: true });
  }
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    try {
      const response = await fetch(`/api/traces/${encodeURIComponent(key)}/index`);
      if (response.status === 200) {
        if (!begun) return reload(place);
        const again = element("a", { href: location.href }, "Load the page again");
        return place.replaceChildren("The timeline is ready. ", again, " to see it.");
      }
      const said = await response.json();
      if (response.status === 202) {
        const share = typeof said.progress === "number"
          ? ` (${Math.round(said.progress * 100)} %)`
          : "";
        place.textContent = `The timeline's index is being made${share} …`;
        continue;
      }
      place.textContent = `${said.problem}. Remedy: ${said.remedy}.`;
      return;
    } catch {
      place.textContent = "The server does not answer; trying again …";
    }
  }
}

/** What is pressed until the fresh page is there would be lost with this one. */
function reload(place: HTMLElement): void {
  place.textContent = "The timeline is ready; the page is loaded again …";
  document.body.inert = true;
  location.reload();
}
