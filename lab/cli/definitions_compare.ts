/** The command that compares runs. */

import type { CommandDefinition, OptionDefinition } from "./definitions.ts";

/** `lab compare`. */
export function compareDefinition(
  store: OptionDefinition,
  json: OptionDefinition,
): CommandDefinition {
  return {
    name: "compare",
    summary: "compare runs, or sets such as host=NAME, kernel=PREFIX: faster, slower, no change",
    positionals: ["[RUN]…"],
    options: [
      {
        name: "against",
        help: "runs before it are the left side, the baseline; those after it are judged",
      },
      {
        name: "history",
        value: "HOST",
        help: "all runs of a host in the order of time, and what each change of the kernel did",
      },
      { name: "technique", value: "T", repeats: true, help: "only this technique" },
      store,
      { name: "all", help: "show what did not change as fully as what did" },
      json,
    ],
    examples: [
      "deno task lab compare 20261121T0104 latest",
      "deno task lab compare host=p9,kernel=6.1 host=p9,kernel=6.12",
      "deno task lab compare 20261121T0104 20261121T0110 --against 20261122T0900 latest",
      "deno task lab compare --history local --technique munmap",
    ],
  };
}
