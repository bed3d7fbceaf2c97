import type { CommandDefinition, OptionDefinition } from "./definitions.ts";

/** `lab report`; its --out is the file, so that the store has another name. */
export function reportDefinition(json: OptionDefinition): CommandDefinition {
  return {
    name: "report",
    summary: "write what runs say as one file to read, or for other programs",
    positionals: ["[RUN]…"],
    options: [
      {
        name: "out",
        value: "FILE",
        path: "write",
        help: "the file; its ending chooses the format. Without it the report is printed",
      },
      {
        name: "format",
        value: "F",
        help: "html, md, csv, json, hlog, litmus (.litmus.txt), ktap, junit (.junit.xml)",
      },
      { name: "force", help: "replace a file that is no report of fencelab" },
      {
        name: "store",
        value: "DIR",
        path: "write",
        help: "the store of runs (default: runs/ of the project)",
      },
      json,
    ],
    examples: [
      "deno task lab report --out cross-arch.html",
      "deno task lab report latest --out run.md",
      "deno task lab report --out verdicts.junit.xml",
      "deno task lab report --format ktap",
    ],
  };
}
