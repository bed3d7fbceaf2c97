import { assert, assertEquals } from "@std/assert";
import { hasProgram, isRoot, needs } from "../fixtures/needs.ts";
import { compareWithTraceCmd } from "./oracle.ts";
import { canRecord, record } from "./recorder.ts";

const needed = {
  "trace-cmd": hasProgram("trace-cmd"),
  "stress-ng": hasProgram("stress-ng"),
  root: isRoot,
  "tracefs with instances": canRecord(),
};

Deno.test({
  ...needs("a converted capture agrees with trace-cmd's report event by event", needed),
  fn: async () => {
    const dir = Deno.makeTempDirSync({ prefix: "fencelab-oracle-" });
    try {
      const load = ["--tlb-shootdown", "1", "--membarrier", "1", "-t", "1"] as const;
      await record(dir, ["stress-ng", ...load], 1024);
      const { events, differences, examples } = await compareWithTraceCmd(dir);
      assertEquals(examples, []);
      assertEquals(differences, 0);
      assert(events > 1000, `only ${events} events were recorded`);
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  },
});
