/** Indexes for tests. */

import fc from "fast-check";
import type { BuiltIndex } from "./index_builder.ts";
import { joinColumns } from "./join_columns.ts";
import { TraceIndexBuilder } from "./index_builder.ts";
import { markOf } from "./slice_marks.ts";

/** What a test's trace is. */
const FACTS = {
  baseHigh: 1,
  first: 1000,
  last: 1_000_000,
  events: 42,
  lost: 3,
  arch: "x86_64",
  kernel: "6.18.0",
  threads: [{ tid: 7, tgid: 5, comm: "caller" }, { tid: 8, tgid: 5, comm: "other" }],
};

/**
 * Two CPUs, two threads with operations, one handler that serves the first operation.
 *
 * CPU 0 runs "caller 7" from 1 000 to 500 000 ns, then rests; CPU 1 is interrupted at 12 000 ns.
 */
export function smallIndex(): BuiltIndex {
  const builder = new TraceIndexBuilder();
  const { names, running } = builder;
  names.tell(FACTS.threads);
  running.on(0).switched(0, 7, names.thread(7, "caller"), 1000);
  running.on(0).switched(7, 0, names.thread(0, "swapper/0"), 500_000);
  const handler = builder.handler(1, 12_000, 14_000, "call_function", markOf(false, "csd"));
  builder.call(1, 12_500, 13_500, "ipi_mb", markOf(false, "csd"));
  builder.handler(1, 700_000, 700_000, "reschedule", markOf(true, null));
  const operation = { cpu: 0, kept: true, technique: "munmap", tid: 7, targets: [1], sends: 1 };
  builder.operation({ ...operation, begin: 10_000, end: 20_000, id: 1, flows: [1] });
  builder.operation({
    ...{ ...operation, technique: "mprotect", tid: 8, sends: 0, targets: [], kept: false },
    ...{ begin: 15_000, end: 90_000, id: 2, flows: [] },
  });
  builder.operation({ ...operation, begin: 30_000, end: 31_000, id: 3, flows: [], targets: [] });
  builder.arrival({ flow: 1, sent: 11_000, senderCpu: 0, cpu: 1, handler });
  builder.arrival({ flow: 2, sent: 650_000, senderCpu: 0, cpu: 1, handler: handler + 1 });
  builder.describe(FACTS);
  return joinColumns(builder);
}

/** Slices of one lane: lengths of pauses and of slices, and a name of four. */
const laneSlices = fc.array(
  fc.record({
    pause: fc.oneof(fc.nat(20), fc.nat(100_000)),
    length: fc.oneof(fc.nat(20), fc.nat(50_000)),
    name: fc.nat(3),
  }),
  { maxLength: 200, size: "max" },
);

/** Indexes of any slices: CPUs 0 and 1, and handlers of CPU 0. */
export const anyIndex: fc.Arbitrary<BuiltIndex> = fc.tuple(laneSlices, laneSlices, laneSlices).map(
  ([first, second, handlers]) => {
    const builder = new TraceIndexBuilder();
    const numbers = ["a", "b", "c"].map((comm, at) => builder.names.thread(at + 1, comm));
    numbers.push(builder.names.thread(0, "swapper"));
    const lanes = [builder.lanes.of("cpu", 0), builder.lanes.of("cpu", 1)];
    for (const [at, slices] of [first, second].entries()) {
      let time = 5;
      for (const { pause, length, name } of slices) {
        time += pause;
        lanes[at]!.add(time, time += length, numbers[name]!);
      }
    }
    let time = 5;
    for (const { pause, length, name } of handlers) {
      time += pause;
      builder.handler(0, time, time += length, `handler ${name}`, markOf(false, null));
    }
    builder.describe({ ...FACTS, first: 0, last: 0 });
    return joinColumns(builder);
  },
);
