/**
 * Kernel events that Perfetto has messages for (protos/perfetto/trace/ftrace/ftrace_event.proto at
 * v55.3), restricted to those that a trace of interrupts is about. All others are written as
 * generic events that describe themselves.
 */

/** Field of `FtraceEvent`, and the numbers of the message's own fields by their name in ftrace. */
export interface TypedEvent {
  readonly field: number;
  readonly fields: Readonly<Record<string, number>>;
}

const wakeup = { comm: 1, pid: 2, prio: 3, success: 4, target_cpu: 5 };
const vector = { vector: 1 };

/** By `SYSTEM:EVENT`. */
export const typedEvents: Readonly<Record<string, TypedEvent>> = {
  "ftrace:print": { field: 3, fields: { ip: 1, buf: 2 } },
  "sched:sched_switch": {
    field: 4,
    fields: {
      prev_comm: 1,
      prev_pid: 2,
      prev_prio: 3,
      prev_state: 4,
      next_comm: 5,
      next_pid: 6,
      next_prio: 7,
    },
  },
  "sched:sched_wakeup": { field: 17, fields: wakeup },
  "sched:sched_waking": { field: 20, fields: wakeup },
  "sched:sched_wakeup_new": { field: 114, fields: wakeup },
  "ipi:ipi_entry": { field: 21, fields: { reason: 1 } },
  "ipi:ipi_exit": { field: 22, fields: { reason: 1 } },
  "irq:softirq_entry": { field: 24, fields: { vec: 1 } },
  "irq:softirq_exit": { field: 25, fields: { vec: 1 } },
  "irq:softirq_raise": { field: 26, fields: { vec: 1 } },
  "irq:irq_handler_entry": { field: 36, fields: { irq: 1, name: 2, handler: 3 } },
  "irq:irq_handler_exit": { field: 37, fields: { irq: 1, ret: 2 } },
  "task:task_newtask": {
    field: 235,
    fields: { pid: 1, comm: 2, clone_flags: 3, oom_score_adj: 4 },
  },
  "task:task_rename": {
    field: 236,
    fields: { pid: 1, oldcomm: 2, newcomm: 3, oom_score_adj: 4 },
  },
  "sched:sched_process_exec": { field: 237, fields: { filename: 1, pid: 2, old_pid: 3 } },
  "sched:sched_process_exit": { field: 238, fields: { comm: 1, pid: 2, tgid: 3, prio: 4 } },
  "sched:sched_process_fork": {
    field: 239,
    fields: { parent_comm: 1, parent_pid: 2, child_comm: 3, child_pid: 4 },
  },
  "raw_syscalls:sys_enter": { field: 329, fields: { id: 1, args: 2 } },
  "raw_syscalls:sys_exit": { field: 330, fields: { id: 1, ret: 2 } },
  "sched:sched_migrate_task": {
    field: 491,
    fields: { comm: 1, pid: 2, prio: 3, orig_cpu: 4, dest_cpu: 5 },
  },
  "irq_vectors:local_timer_entry": { field: 559, fields: vector },
  "irq_vectors:local_timer_exit": { field: 560, fields: vector },
};
