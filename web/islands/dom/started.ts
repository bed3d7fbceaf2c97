/// <reference lib="dom" />

import type { IslandName } from "../../base/island.ts";

/** Enables the controls that `needsIsland()` marks; to be called once they all do something. */
export function started(island: IslandName): void {
  const controls = document.querySelectorAll<HTMLButtonElement | HTMLInputElement>(
    `[data-island="${island}"]`,
  );
  for (const control of controls) {
    control.disabled = false;
    control.removeAttribute("title");
    delete control.dataset["island"];
  }
}
