/** Commands about what libraries and programs stand on. */

import type { CommandDefinition, OptionDefinition } from "./definitions.ts";

/** `lab ladders` and `lab advise`. */
export function ladderCommands(
  store: OptionDefinition,
  json: OptionDefinition,
): readonly CommandDefinition[] {
  return [
    {
      name: "ladders",
      summary: "which fallback production libraries land on at each host, and whether it is sound",
      positionals: ["[RUN]…"],
      options: [
        store,
        { name: "all", help: "show where the chains come from, too" },
        json,
      ],
      examples: ["deno task lab ladders", "deno task lab ladders latest --all"],
    },
    {
      name: "advise",
      summary: "which technique to choose for a need, in which order, with costs at the hosts seen",
      positionals: ["[RUN]…"],
      options: [
        {
          name: "need",
          value: "NEED",
          repeats: true,
          help: "ordering, core-sync, rseq-restart, across-processes, realtime, portable",
        },
        {
          name: "header",
          value: "FILE.h",
          path: "write",
          help: "write the orders as a C header",
        },
        { name: "force", help: "replace a file that is no header of fencelab, too" },
        store,
        json,
      ],
      examples: [
        "deno task lab advise --need portable",
        "deno task lab advise --header fence_order.h",
      ],
    },
  ];
}
