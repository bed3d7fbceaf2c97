/** A capture of this machine, converted and opened: trace_processor finds nothing wrong with it. */

import { assert, assertEquals } from "@std/assert";
import { interruptions } from "../../traces/analysis/interruptions.ts";
import { traceProblems } from "../../traces/analysis/trace_problems.ts";
import { convertCapture } from "../../traces/convert/convert.ts";
import { memorySource } from "../../traces/convert/capture_source.ts";
import { concatBytes } from "../../traces/protobuf/concat_bytes.ts";
import { needs } from "../fixtures/needs.ts";
import { engineNeed, withTrace } from "./processor_engine.ts";
import { canRecord, record } from "./recorder.ts";

function filesBelow(directory: string, prefix = ""): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const { name, isDirectory } of Deno.readDirSync(`${directory}/${prefix}`)) {
    const path = `${prefix}${name}`;
    if (!isDirectory) files.set(path, Deno.readFileSync(`${directory}/${path}`));
    else for (const entry of filesBelow(directory, `${path}/`)) files.set(...entry);
  }
  return files;
}

Deno.test({
  ...needs("a capture of this machine opens without errors but the harmless ones", {
    ...engineNeed,
    "root and tracefs": canRecord(),
  }),
  async fn(): Promise<void> {
    const directory = await Deno.makeTempDir({ prefix: "fencelab-" });
    try {
      await record(directory, ["sh", "-c", "for i in 1 2 3 4 5; do cat /proc/stat; done"], 4096);
      const written: Uint8Array[] = [];
      const conversion = await convertCapture(memorySource(filesBelow(directory)), {
        write: (bytes: Uint8Array): Promise<void> => {
          written.push(bytes.slice());
          return Promise.resolve();
        },
      });
      using processor = await withTrace(concatBytes(written));
      const problems = await traceProblems(processor);
      assertEquals(problems.filter(({ harmless }) => !harmless), []);
      const { rows } = await processor.query("SELECT COUNT(*) FROM ftrace_event");
      assertEquals(Number(rows[0]![0]), conversion.events);
      const found = await interruptions(processor);
      const handlers = found.filter(({ kind }) => kind === "ipi");
      const counted = handlers.reduce((sum, { interrupts }) => sum + interrupts, 0);
      assertEquals(counted, conversion.handlers.written);
      assert(conversion.events > 0);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
