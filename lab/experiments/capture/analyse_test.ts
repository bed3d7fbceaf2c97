import { assertEquals } from "@std/assert";
import type { Conversion } from "../../../traces/convert/conversion.ts";
import { captureResult } from "./analyse.ts";
import { type CaptureReply, captureReplySchema } from "./reply.ts";

const cost = { count: 10, p50: 100, p99: 200, max: 300 };

function reply(changes: Record<string, unknown> = {}): CaptureReply {
  const parsed = captureReplySchema.parse({
    available: true,
    ladder: "proc-interrupts",
    clocks: [],
    events: [],
    threads: [],
    stats: [{
      cpu: 0,
      entries: 0,
      overrun: 3,
      commitOverrun: 0,
      bytes: 0,
      droppedEvents: 4,
      readEvents: 9,
    }],
    pages: 1,
    pageBytes: 4096,
    countedBy: "perf",
    phases: [{
      technique: "munmap",
      available: true,
      errno: null,
      reason: null,
      beginNs: 1,
      endNs: 2,
      ops: 10,
      kept: 10,
      perfInterrupts: 10,
      procInterrupts: 12,
      flushes: 20,
      cycles: null,
      untracedNs: cost,
      tracedNs: cost,
      stopped: true,
      worstNs: 300,
      worstId: 7,
    }],
    ...changes,
  });
  if (!parsed.available) throw new Error("the sample is of a capture that was made");
  return parsed;
}

const conversion = { events: 9, sends: 0, matched: 0 } as unknown as Conversion;

Deno.test("captureResult() without a trace processor tells what was counted, and no interrupts per trace", async () => {
  const result = await captureResult(null, reply(), conversion);
  const [row] = result.techniques;
  assertEquals(row?.countedPerOp, { perf: 1, procInterrupts: 1.2, flushes: 2, cycles: null });
  assertEquals([row?.ipisPerOp, row?.sendToEntryNs, result.worst], [null, null, []]);
  assertEquals([result.lost, result.stoppedBy], [7, { technique: "munmap", ns: 300 }]);
});

Deno.test("captureResult() says nothing per operation where there was none", async () => {
  const [phase] = reply().phases;
  const none = reply({ phases: [{ ...phase, ops: 0 }], countedBy: "proc-interrupts" });
  const result = await captureResult(null, none, conversion);
  assertEquals(result.techniques[0]?.countedPerOp, null);
});
