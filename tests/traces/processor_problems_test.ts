import { assertEquals } from "@std/assert";
import { traceProblems } from "../../traces/analysis/trace_problems.ts";
import { needs } from "../fixtures/needs.ts";
import { engineNeed, withTrace } from "./processor_engine.ts";
import { pretendedLab } from "./processor_lab.ts";

Deno.test({
  ...needs("traceProblems() tells harmless gaps from lost events", engineNeed),
  async fn(): Promise<void> {
    const builder = pretendedLab();
    builder.switch({ cpu: 1, ts: 95_000, from: 77, state: 1, to: 12 });
    builder.lose(2);
    using processor = await withTrace(builder.bytes());
    const found = await traceProblems(processor);
    assertEquals(
      found.map(({ name, index, severity, harmless }) => [name, index, severity, harmless]),
      [
        ["ftrace_cpu_has_data_loss", 2, "data_loss", false],
        ["mismatched_sched_switch_tids", null, "error", true],
      ],
    );
  },
});
