import { type TimeBase, timeBase } from "../ring_buffer/page_decoder.ts";
import type { ClockReading } from "../perfetto/system_packets.ts";
import type { Capture } from "./capture_json.ts";

/** Times of this size are exact as numbers with room to spare: 52 days. */
const NEAR = 2n ** 52n;
/** The base is so far before the capture's begin, in units of 2^32 ns: 18 minutes. */
const MARGIN = 256n;
/** Events may be so late after the clock's last reading, ns. */
const SLACK = 1_000_000_000n;

/** How times of the pages and of the operations become times of the trace: CLOCK_BOOTTIME. */
export interface Timeline {
  /** Upper half of the base of CLOCK_BOOTTIME that times are relative to; its lower half is 0. */
  readonly baseHigh: number;
  /** The same base in the clock of the pages. */
  readonly pages: TimeBase;
  /** The same base in the clock of the operations. */
  readonly operations: TimeBase;
  /** No event can be later than this, ns relative to the base; infinite if that is not known. */
  readonly end: number;
  /** Begin of the capture, ns relative to the base; `undefined` if that is not known. */
  readonly start: number | undefined;
  /** The clocks at the begin of the capture. */
  readonly begin: ClockReading | undefined;
  /** Why times might not fit to each other. */
  readonly warning: string | undefined;
}

/** Works out the base of times and what the pages' clock is away from CLOCK_BOOTTIME. */
export function timeline(capture: Capture): Timeline {
  const reading = (when: "begin" | "end"): ClockReading | undefined => {
    const found = capture.clocks.find((one) => one.when === when);
    return found && {
      boot: BigInt(found.boot),
      monotonic: BigInt(found.monotonic),
      monotonicRaw: BigInt(found.monotonicRaw),
      realtime: BigInt(found.realtime),
    };
  };
  const begin = reading("begin");
  const end = reading("end");
  const first = begin?.boot ?? BigInt(capture.firstTime ?? 0);
  const base = first < NEAR ? 0n : ((first >> 32n) - MARGIN) << 32n;
  const { offset, warning } = clockOffset(capture.clock, begin);
  return {
    baseHigh: Number(base >> 32n),
    pages: timeBase(base - offset),
    operations: timeBase(base),
    end: end === undefined || warning !== undefined ? Infinity : Number(end.boot + SLACK - base),
    start: begin && Number(begin.boot - base),
    begin,
    warning,
  };
}

function clockOffset(
  clock: Capture["clock"],
  begin: ClockReading | undefined,
): { offset: bigint; warning?: string | undefined } {
  if (clock === "boot") return { offset: 0n };
  const away = clock === "mono"
    ? begin && begin.boot - begin.monotonic
    : clock === "mono_raw"
    ? begin && begin.boot - begin.monotonicRaw
    : undefined;
  if (away !== undefined) return { offset: away };
  return {
    offset: 0n,
    warning: `Times of the trace clock '${clock}' are written as they are: what it is away from ` +
      "CLOCK_BOOTTIME is not known",
  };
}
