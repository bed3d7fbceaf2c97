/**
 * Names of what the converter writes beside the kernel's own events: the agreement between the
 * writer and the SQL modules that read it.
 *
 * @module
 */

/** Categories of the lab's slices (`slice.category` in trace_processor). */
export const category = {
  /** One operation of the lab, on a track of its thread that merges with nothing else. */
  operation: "fencelab.op",
  /** A sent cross-CPU call or interrupt outside of any operation: an instant on its thread. */
  send: "fencelab.send",
  /** An interrupt handler, on the track of its CPU. */
  interrupt: "fencelab.irq",
  /** A function called for another CPU, inside its handler's slice. */
  call: "fencelab.call",
  /** Description of the capture: one instant. */
  metadata: "fencelab.meta",
} as const;

/** Name of the track with the interrupt handlers of one CPU. */
export function interruptTrackName(cpu: number): string {
  return `IPI CPU ${cpu}`;
}

/** Name of the track of one thread's operations. */
export const OPERATION_TRACK = "fencelab operations";

/** Name of the track that groups the CPUs' interrupt tracks. */
export const INTERRUPT_GROUP = "Interprocessor interrupts";

/** Name of the track and of the instant that carry the run's metadata. */
export const METADATA_NAME = "fencelab capture";

/**
 * Debug annotations, in trace_processor `extract_arg(arg_set_id, 'debug.NAME')`.
 *
 * Times are nanoseconds of CLOCK_BOOTTIME, as `slice.ts` is.
 */
export const argument = {
  /** Operation: its number, unique in the capture. */
  operation: "op_id",
  /** Operation: 1 if its sample counts in the run's statistics. */
  kept: "kept",
  /** Operation: the technique, the same as the slice's name. */
  technique: "technique",
  /** Operation: CPU at its begin. Interrupt: CPU of the handler. */
  cpu: "cpu",
  /** Operation: CPUs that it interrupted, ascending, such as "1,3"; absent if none. */
  targets: "targets",
  /** Operation: number of cross-CPU calls and interrupts that it sent. */
  sends: "sends",
  /** Interrupt, call, send: function that was called there, such as `ipi_mb`. */
  function: "func",
  /** Interrupt, call, send: address of the call's descriptor, the key of the match. */
  csd: "csd",
  /** Interrupt, call: how it was matched to its sender: `csd`, `ipi`, or `time`; absent if not. */
  match: "match",
  /** Interrupt, call: when its sender queued it, ns. */
  sentAt: "send_ts",
  /** Interrupt, call: CPU of its sender. Send: target CPU is {@linkcode argument.target}. */
  senderCpu: "sender_cpu",
  /** Interrupt, call: thread of its sender. */
  senderThread: "sender_tid",
  /** Send: CPU that is to be interrupted. */
  target: "target_cpu",
  /** Send: where the kernel sent it from, such as `membarrier_private_expedited+0x1a0`. */
  callSite: "callsite",
  /** Interrupt: 1 if its exit was not recorded, so that its duration is unknown. */
  incomplete: "incomplete",
  /** Interrupt: number of calls for other CPUs that ran in it. */
  calls: "calls",
} as const;
