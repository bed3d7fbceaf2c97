/** Queries to begin with; each shows one of the lab's modules (traces/sql). */
export const EXAMPLES: readonly { readonly title: string; readonly sql: string }[] = [
  {
    title: "Longest operations",
    sql: `INCLUDE PERFETTO MODULE fencelab.operations;
SELECT op_id, technique, ts - TRACE_START() AS begin_ns, dur AS ns, thread_name, cpu, sends
FROM fencelab_operations
ORDER BY dur DESC
LIMIT 50`,
  },
  {
    title: "Whom operations interrupted, and how long each step took",
    sql: `INCLUDE PERFETTO MODULE fencelab.operations;
SELECT
  operation.technique, target.cpu, handler, func, COUNT(*) AS interrupts,
  CAST(AVG(send_to_entry) AS INT) AS send_to_entry_ns,
  CAST(AVG(handler_dur) AS INT) AS handler_ns,
  CAST(AVG(exit_to_return) AS INT) AS exit_to_return_ns
FROM fencelab_targets AS target
JOIN fencelab_operations AS operation ON operation.id = target.operation_id
GROUP BY operation.technique, target.cpu, handler, func
ORDER BY interrupts DESC`,
  },
  {
    title: "Budget: where the time of the longest operations went",
    sql: `INCLUDE PERFETTO MODULE fencelab.budget;
SELECT
  operation.op_id, operation.technique, operation.dur AS ns, budget.phase, budget.ns AS phase_ns,
  ROUND(100 * budget.share, 1) AS percent
FROM (SELECT * FROM fencelab_operations ORDER BY dur DESC LIMIT 10) AS operation,
  fencelab_budget(operation.id) AS budget
ORDER BY operation.dur DESC, operation.op_id, budget.ns DESC`,
  },
  {
    title: "Interrupts by CPU and handler",
    sql: `INCLUDE PERFETTO MODULE fencelab.interrupts;
SELECT cpu, name, COUNT(*) AS interrupts, SUM(dur) AS ns, CAST(AVG(dur) AS INT) AS mean_ns
FROM fencelab_interrupts
GROUP BY cpu, name
ORDER BY cpu, interrupts DESC`,
  },
  {
    title: "Techniques: operations, interrupts, targets",
    sql: `INCLUDE PERFETTO MODULE fencelab.techniques;
SELECT * FROM fencelab_techniques`,
  },
  {
    title: "Techniques: percentiles of each step",
    sql: `INCLUDE PERFETTO MODULE fencelab.techniques;
SELECT * FROM fencelab_latencies`,
  },
  {
    title: "Places in the kernel that interrupt other CPUs",
    sql: `INCLUDE PERFETTO MODULE fencelab.sends;
SELECT technique, syscall, from_interrupt, event, callsite, func, sends, targets, per_operation
FROM fencelab_call_sites
LIMIT 50`,
  },
  {
    title: "Threads by time on a CPU",
    sql: `SELECT thread.name AS thread, tid, COUNT(*) AS times, SUM(dur) AS ns
FROM sched JOIN thread USING (utid)
GROUP BY utid
ORDER BY ns DESC
LIMIT 50`,
  },
  {
    title: "Slices by name",
    sql: `SELECT name, COUNT(*) AS slices, SUM(dur) AS ns, MAX(dur) AS longest_ns
FROM slice
GROUP BY name
ORDER BY slices DESC
LIMIT 50`,
  },
];
