/** Where the time of operations goes, on traces whose every nanosecond is known. */

import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type ExplainedOperation, worstOperations } from "../../traces/analysis/operations.ts";
import { needs } from "../fixtures/needs.ts";
import type { TraceBuilder } from "./processor_builder.ts";
import { engineNeed, withTrace } from "./processor_engine.ts";
import { addOperation, type Call, pretendedLab } from "./processor_lab.ts";

/** What a delivery usually takes in these traces, ns. */
const USUAL = 2_000;

/** Enough short operations that half of all deliveries take {@linkcode USUAL}. */
function addUsualOperations(builder: TraceBuilder): void {
  for (let ts = 900_000; ts < 990_000; ts += 10_000) {
    const calls = [{ cpu: 3, send: 100, entry: 100 + USUAL, exit: 300 + USUAL }];
    addOperation(builder, { ts, dur: 2_500, calls });
  }
}

/** A budget as text, such as "handler 10, caller 5", and who took most. */
function budgetOf({ budget, culprit }: ExplainedOperation): string {
  return `${culprit}: ${budget.map(({ phase, ns }) => `${phase} ${ns}`).sort().join(", ")}`;
}

/** Defines a test of the one long operation, from 100000 to 150000, of a trace. */
function testBudget(
  name: string,
  prepare: (builder: TraceBuilder) => Call[],
  budget: string,
): void {
  Deno.test({
    ...needs(`worstOperations() names the culprit: ${name}`, engineNeed),
    async fn(): Promise<void> {
      const builder = pretendedLab();
      const calls = prepare(builder);
      addOperation(builder, { ts: 100_000, dur: 50_000, calls });
      addUsualOperations(builder);
      using processor = await withTrace(builder.bytes());
      const [worst] = await worstOperations(processor, { limit: 1 });
      assertEquals(budgetOf(worst!), budget);
    },
  });
}

/** A call that is sent after 1 us, enters the handler after 41 us and leaves it after 44 us. */
const lateCall: Call = { cpu: 1, send: 1_000, entry: 41_000, exit: 44_000 };

testBudget(
  "nothing that the trace shows",
  () => [lateCall],
  "unexplained: caller 7000, delivery 2000, handler 3000, unexplained 38000",
);

testBudget(
  "the target was idle",
  (builder) => {
    builder.switch({ cpu: 1, ts: 90_000, from: 12, state: 1, to: 0 });
    builder.switch({ cpu: 1, ts: 146_000, from: 0, state: 0, to: 12 });
    return [lateCall];
  },
  "target idle: caller 7000, handler 3000, target idle 40000",
);

testBudget(
  "not an idle thread whose switching-out was lost",
  (builder) => {
    builder.switch({ cpu: 1, ts: 90_000, from: 12, state: 1, to: 0 });
    builder.switch({ cpu: 1, ts: 95_000, from: 77, state: 1, to: 12 });
    return [lateCall];
  },
  "unexplained: caller 7000, delivery 2000, handler 3000, unexplained 38000",
);

testBudget(
  "another handler ran on the target",
  (builder) => {
    builder.localTimer(1, 12, 101_500, 39_000);
    return [lateCall];
  },
  "another handler: another handler 39000, caller 7000, delivery 500, handler 3000, unexplained 500",
);

testBudget(
  "the target had interrupts disabled, by its own events",
  (builder) => {
    const at = (ts: number, name: string): void =>
      builder.generic({ cpu: 1, ts, tid: 12, name, fields: { caller_offs: 1 } });
    at(99_000, "irq_disable");
    at(139_000, "irq_enable");
    at(140_000, "irq_disable");
    at(140_500, "irq_enable");
    return [lateCall];
  },
  "interrupts disabled: caller 7000, delivery 2000, handler 3000, interrupts disabled 36500, " +
    "unexplained 1500",
);

testBudget(
  "the target ran kernel code with the interrupt overdue",
  (builder) => {
    for (const ts of [102_000, 137_000]) {
      builder.generic({ cpu: 1, ts, tid: 12, name: "tlb_flush", fields: { reason: 1 } });
    }
    return [lateCall];
  },
  "interrupts disabled: caller 7000, delivery 2000, handler 3000, interrupts disabled 34000, " +
    "unexplained 4000",
);

testBudget(
  "the caller was preempted",
  (builder) => {
    builder.switch({ cpu: 0, ts: 110_000, from: 11, state: 0, to: 77 });
    builder.switch({ cpu: 0, ts: 140_000, from: 77, state: 0, to: 11 });
    return [];
  },
  "caller preempted: caller 20000, caller preempted 30000",
);

testBudget(
  "the caller slept",
  (builder) => {
    builder.switch({ cpu: 0, ts: 101_000, from: 11, state: 2, to: 0 });
    builder.switch({ cpu: 0, ts: 149_000, from: 0, state: 0, to: 11 });
    return [];
  },
  "caller asleep: caller 2000, caller asleep 48000",
);

testBudget(
  "the caller was interrupted",
  (builder) => {
    builder.localTimer(0, 11, 110_000, 30_000);
    return [];
  },
  "caller interrupted: caller 20000, caller interrupted 30000",
);

testBudget(
  "the handler itself; of many targets the last one counts",
  () => [
    { cpu: 1, send: 1_000, entry: 2_000, exit: 10_000 },
    { cpu: 2, send: 1_000, entry: 3_000, exit: 47_000 },
    { cpu: 3, send: 1_000, entry: 2_500, exit: 30_000 },
  ],
  "handler: caller 4000, delivery 2000, handler 44000",
);

testBudget(
  "two rounds, one after the other",
  () => [
    { cpu: 1, send: 1_000, entry: 2_000, exit: 21_000 },
    { cpu: 1, send: 25_000, entry: 26_000, exit: 45_000 },
  ],
  "handler: caller 10000, delivery 2000, handler 38000",
);

Deno.test({
  ...needs("worstOperations() accounts for every nanosecond of every operation", engineNeed),
  async fn(): Promise<void> {
    const step = fc.integer({ min: 1, max: 5_000 });
    const call = fc.record({
      cpu: fc.integer({ min: 1, max: 3 }),
      send: step,
      wait: step,
      run: step,
    });
    const operation = fc.record({
      calls: fc.array(call, { maxLength: 4 }),
      rest: step,
      timer: step,
    });
    const builder = pretendedLab();
    let now = 10_000;
    // One large sample: every trace costs the start of an engine
    for (const { calls, rest, timer } of fc.sample(operation, 80)) {
      const ts = now;
      const made = calls.map(({ cpu, send, wait, run }) => {
        const sent = now - ts + send;
        now = ts + sent + wait + run;
        return { cpu, send: sent, entry: sent + wait, exit: sent + wait + run };
      });
      builder.localTimer(0, 11, now, Math.min(rest, timer));
      now += rest;
      addOperation(builder, { ts, dur: now - ts, calls: made });
      now += 10_000;
    }
    using processor = await withTrace(builder.bytes());
    const found = await worstOperations(processor, { limit: 100 });
    assertEquals(found.length, 80);
    for (const { dur, budget } of found) {
      assertEquals(budget.reduce((sum, { ns }) => sum + ns, 0), dur);
      assertAlmostEquals(budget.reduce((sum, { share }) => sum + share, 0), 1, 1e-9);
    }
  },
});
