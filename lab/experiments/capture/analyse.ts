/** From a capture directory to a trace and to the result that stands in run.json. */

import { type CallSite, callSites } from "../../../traces/analysis/call_sites.ts";
import { type ExplainedOperation, worstOperations } from "../../../traces/analysis/operations.ts";
import {
  type Distribution,
  type Step,
  type TechniqueRow,
  techniqueTable,
} from "../../../traces/analysis/technique_table.ts";
import type { Conversion } from "../../../traces/convert/conversion.ts";
import { convertCapture } from "../../../traces/convert/convert.ts";
import { TraceIndexBuilder } from "../../../traces/index/index_builder.ts";
import { joinColumns } from "../../../traces/index/join_columns.ts";
import { encodeIndex } from "../../../traces/index/index_file.ts";
import type { CaptureSource } from "../../../traces/convert/capture_source.ts";
import type { TraceProcessor } from "../../../traces/trace_processor/client.ts";
import { defined } from "../../format/defined.ts";
import type { CapturedTechnique, CaptureResult } from "./capture_schema.ts";
import { type CapturePhase, type CaptureReply, lostEvents } from "./reply.ts";
import { INDEX_FILE, indexBeside, TRACE_FILE } from "./trace_names.ts";

/** Longest operations that a result explains. */
const WORST = 5;

/** Kernels whose traces show handlers; from others no handler means nothing. */
const SHOWS_HANDLERS: readonly CaptureReply["ladder"][] = ["csd", "ipi", "irq_vectors", "irq"];

/**
 * Converts a capture into a Perfetto trace and its index.
 *
 * @param to The trace; it and the index beside it are written to temporary names and renamed.
 * @throws {CaptureError | RingBufferError} If the capture's description cannot be read.
 */
export async function writeTrace(
  source: CaptureSource,
  to: string,
  signal?: AbortSignal,
): Promise<Conversion> {
  const temporary = `${to}.tmp`;
  const index = indexBeside(to);
  try {
    using file = await Deno.open(temporary, { write: true, create: true, truncate: true });
    const sink = {
      async write(chunk: Uint8Array): Promise<void> {
        for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await file.write(rest));
      },
    };
    const builder = new TraceIndexBuilder();
    const options = { index: builder, ...defined({ signal }) };
    const conversion = await convertCapture(source, sink, options);
    await Deno.writeFile(`${index}.tmp`, encodeIndex(joinColumns(builder)));
    await Deno.rename(`${index}.tmp`, index);
    await Deno.rename(temporary, to);
    return conversion;
  } catch (error) {
    for (const path of [temporary, `${index}.tmp`]) {
      await Deno.remove(path).catch(() => {}); // it may not have been made
    }
    throw error;
  }
}

/** Loads a trace file into a trace processor, chunk by chunk. */
export async function loadTrace(processor: TraceProcessor, path: string): Promise<void> {
  using file = await Deno.open(path);
  await processor.load(file.readable);
}

/**
 * The result of a capture.
 *
 * @param processor Has the trace loaded; `null` where there is none, then only counts are known.
 * @param reply What the core counted without the trace, for comparison.
 */
export async function captureResult(
  processor: TraceProcessor | null,
  reply: CaptureReply,
  conversion: Conversion,
): Promise<CaptureResult> {
  const rows = processor ? await techniqueTable(processor) : [];
  const sites = processor ? await callSites(processor) : [];
  const worst = processor ? await worstOf(processor, reply.phases, rows) : [];
  const stopped = reply.phases.find((phase) => phase.stopped);
  return {
    experiment: "capture",
    available: true,
    outcome: "measured",
    reason: null,
    errno: null,
    trace: TRACE_FILE,
    index: INDEX_FILE,
    ladder: reply.ladder,
    events: conversion.events,
    lost: lostEvents(reply),
    sends: conversion.sends,
    matched: conversion.matched,
    stoppedBy: stopped ? { technique: stopped.technique, ns: stopped.worstNs } : null,
    techniques: reply.phases.map((phase) =>
      techniqueOf(phase, rows.find((row) => row.technique === phase.technique), sites, reply)
    ),
    worst: worst.map(explain),
  };
}

/**
 * The longest operation of each technique that interrupts, those farthest from its median first:
 * among techniques as different as these, the longest of all would always be of the slowest one.
 */
async function worstOf(
  processor: TraceProcessor,
  phases: readonly CapturePhase[],
  rows: readonly TechniqueRow[],
): Promise<ExplainedOperation[]> {
  const found: { operation: ExplainedOperation; times: number }[] = [];
  for (const { technique, tracedNs } of phases) {
    if (!rows.some((row) => row.technique === technique && row.interrupts > 0)) continue;
    const [operation] = await worstOperations(processor, { technique, limit: 1 });
    if (operation) found.push({ operation, times: operation.dur / Math.max(1, tracedNs.p50) });
  }
  found.sort((left, right) => right.times - left.times);
  return found.slice(0, WORST).map(({ operation }) => operation);
}

/** A long operation with the account of its time, largest share first. */
function explain(operation: ExplainedOperation): CaptureResult["worst"][number] {
  return {
    technique: operation.technique,
    ns: operation.dur,
    culprit: operation.culprit,
    budget: operation.budget.map(({ phase, ns, share }) => ({ phase, ns, share })),
  };
}

function techniqueOf(
  phase: CapturePhase,
  row: TechniqueRow | undefined,
  sites: readonly CallSite[],
  reply: CaptureReply,
): CapturedTechnique {
  const step = (name: Step): CapturedTechnique["handlerNs"] => shortOf(row?.ns[name]);
  const own = sites.filter((site) => site.technique === phase.technique);
  // An interrupt's own callback is the same for all; what is called by it tells techniques apart
  const calls = own.filter((site) => site.kind === "call");
  const called = calls.length > 0 ? calls : own;
  return {
    technique: phase.technique,
    available: phase.available,
    ...defined({ outcome: phase.outcome }),
    reason: phase.reason,
    ops: phase.ops,
    ipisPerOp: SHOWS_HANDLERS.includes(reply.ladder) ? row?.interruptsPerOperation ?? null : null,
    countedPerOp: phase.ops === 0 ? null : {
      perf: reply.countedBy === "perf" ? phase.perfInterrupts / phase.ops : null,
      procInterrupts: phase.procInterrupts / phase.ops,
      flushes: phase.flushes === null ? null : phase.flushes / phase.ops,
      cycles: phase.cycles === null ? null : phase.cycles / phase.ops,
    },
    targets: [...row?.targets ?? []],
    untracedNs: phase.untracedNs,
    tracedNs: phase.tracedNs,
    enterToSendNs: step("enter_to_send"),
    sendToEntryNs: step("send_to_entry"),
    handlerNs: step("handler"),
    exitToReturnNs: step("exit_to_return"),
    functions: namesOf(called.map((site) => site.func)),
    callSites: namesOf(called.map((site) => site.callsite)),
  };
}

function shortOf(distribution: Distribution | undefined): CapturedTechnique["handlerNs"] {
  if (!distribution || distribution.count === 0) return null;
  const { count, p50, p99, max } = distribution;
  return { count, p50, p99, max };
}

/** Distinct names, most targets first, without offsets into the function. */
function namesOf(names: readonly (string | null)[]): string[] {
  const known = names.filter((name) => name !== null && name !== "0x0")
    .map((name) => name!.replace(/\+0x.*$/, ""));
  return [...new Set(known)];
}
