/** What a trace processor is asked for an index. */

import { category } from "../perfetto/names.ts";

const argument = (name: string): string => `extract_arg(slice.arg_set_id, 'debug.${name}')`;

/** The trace as a whole. */
export const FACTS = `
SELECT
  (SELECT MIN(ts) FROM ftrace_event) AS first,
  (SELECT MAX(ts) FROM ftrace_event) AS last,
  (SELECT COUNT(*) FROM ftrace_event) AS events,
  trace_start() AS start,
  (SELECT str_value FROM metadata WHERE name = 'system_machine') AS arch,
  (SELECT str_value FROM metadata WHERE name = 'system_release') AS kernel,
  (
    SELECT args.int_value
    FROM slice JOIN args USING (arg_set_id)
    WHERE
      slice.category = '${category.metadata}'
      AND args.flat_key = 'debug.conversion.losses.lostEvents'
  ) AS lost`;

/**
 * Switches from thread to thread, and events on a CPU before and after which another thread's come:
 * cpu, ts, tid, comm; of switches also to, to_comm.
 */
export const SWITCHES = `
WITH event AS (
  SELECT
    id, ts, cpu, utid, name, arg_set_id,
    LAG(utid) OVER by_cpu AS before,
    LEAD(utid) OVER by_cpu AS after
  FROM ftrace_event
  WINDOW by_cpu AS (PARTITION BY cpu ORDER BY ts, id)
)
SELECT
  event.cpu, event.ts, thread.tid, thread.name,
  IIF(event.name = 'sched_switch', extract_arg(event.arg_set_id, 'next_pid'), NULL) AS next_tid,
  IIF(event.name = 'sched_switch', extract_arg(event.arg_set_id, 'next_comm'), NULL) AS next_comm
FROM event JOIN thread USING (utid)
WHERE
  event.name = 'sched_switch'
  OR event.utid IS NOT event.before
  OR event.utid IS NOT event.after
ORDER BY event.ts, event.id`;

/** Who ran where in traces without such events: cpu, ts, dur (negative: not known), tid, comm. */
export const RUNS = `
SELECT sched.cpu, sched.ts, sched.dur, thread.tid, thread.name
FROM sched JOIN thread USING (utid)
ORDER BY sched.cpu, sched.ts, sched.id`;

/** Handlers: id, ts, dur, name, cpu, match, incomplete. */
export const HANDLERS = `
SELECT
  slice.id, slice.ts, slice.dur, slice.name,
  ${argument("cpu")} AS cpu,
  ${argument("match")} AS match,
  ${argument("incomplete")} AS incomplete
FROM slice
WHERE slice.category = '${category.interrupt}'
ORDER BY slice.ts, slice.id`;

/** Functions that they called: ts, dur, name, cpu, match. */
export const CALLS = `
SELECT
  slice.ts, slice.dur, slice.name, ${argument("cpu")} AS cpu, ${argument("match")} AS match
FROM slice
WHERE slice.category = '${category.call}'
ORDER BY slice.ts, slice.id`;

/** The lab's operations: id, ts, dur, name, op_id, kept, cpu, sends, targets, tid, comm, tgid. */
export const OPERATIONS = `
SELECT
  slice.id, slice.ts, slice.dur, slice.name,
  ${argument("op_id")} AS op_id,
  COALESCE(${argument("kept")}, 1) AS kept,
  ${argument("cpu")} AS cpu,
  COALESCE(${argument("sends")}, 0) AS sends,
  COALESCE(${argument("targets")}, '') AS targets,
  thread.tid,
  thread.name AS comm,
  process.pid AS tgid
FROM slice
JOIN thread_track ON slice.track_id = thread_track.id
JOIN thread USING (utid)
LEFT JOIN process USING (upid)
WHERE slice.category = '${category.operation}'
ORDER BY slice.ts, slice.id`;

/**
 * From sender to handler: sender, is_operation, handler, sent, sender_cpu.
 *
 * Which of a flow's slices came first is said by their times, which may be equal: both ways are
 * looked at.
 */
export const FLOWS = `
WITH ends AS (
  SELECT slice_out AS sender, slice_in AS handler FROM flow
  UNION ALL
  SELECT slice_in, slice_out FROM flow
)
SELECT
  sender.id AS sender,
  sender.category = '${category.operation}' AS is_operation,
  slice.id AS handler,
  COALESCE(
    IIF(sender.category = '${category.send}', sender.ts, NULL),
    (
      SELECT MIN(extract_arg(called.arg_set_id, 'debug.send_ts'))
      FROM slice AS called
      WHERE
        called.parent_id = slice.id
        AND extract_arg(called.arg_set_id, 'debug.op_id')
          = extract_arg(sender.arg_set_id, 'debug.op_id')
    ),
    ${argument("send_ts")},
    sender.ts
  ) AS sent,
  COALESCE(extract_arg(sender.arg_set_id, 'debug.cpu'), 0) AS sender_cpu
FROM ends
JOIN slice AS sender ON sender.id = ends.sender
JOIN slice ON slice.id = ends.handler
WHERE
  sender.category IN ('${category.operation}', '${category.send}')
  AND slice.category = '${category.interrupt}'
ORDER BY sent`;
