/** The pages: a large store under load, and a long trace in a browser. */

import { benchLoad } from "./web_load.ts";
import { benchTimeline } from "./web_timeline.ts";

/** One after another: they would disturb each other. */
export async function benchWeb(): Promise<string[]> {
  return [...await benchLoad(), ...await benchTimeline()];
}
