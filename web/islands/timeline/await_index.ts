/// <reference lib="dom" />

/** Waits until the server has made a trace's index. */

/** How often to ask, ms. */
const ASK_MS = 1000;

/**
 * Asks until the index is there, then loads the page again.
 *
 * @param place Says how far it is.
 */
export async function awaitIndex(key: string, place: HTMLElement): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    try {
      const response = await fetch(`/api/traces/${encodeURIComponent(key)}/index`);
      if (response.status === 200) return location.reload();
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
