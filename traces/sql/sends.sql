-- Who sent interrupts, from where in the kernel, and on whose behalf.

INCLUDE PERFETTO MODULE fencelab.operations;

-- Events that say that a CPU is called or interrupted. A call ('call') may find its target's
-- queue filled and then needs no interrupt of its own ('interrupt').
CREATE PERFETTO TABLE _fencelab_send_events AS
SELECT
  id,
  ts,
  cpu AS sender_cpu,
  utid,
  name AS event,
  IIF(name = 'csd_queue_cpu', 'call', 'interrupt') AS kind,
  CAST(COALESCE(
    extract_arg(arg_set_id, 'cpu'),
    extract_arg(arg_set_id, 'cpumask'),
    extract_arg(arg_set_id, 'target_cpus')
  ) AS TEXT) AS targets,
  extract_arg(arg_set_id, 'callsite') AS callsite,
  COALESCE(
    extract_arg(arg_set_id, 'func'),
    extract_arg(arg_set_id, 'callback'),
    extract_arg(arg_set_id, 'reason')
  ) AS func
FROM ftrace_event
WHERE name IN ('csd_queue_cpu', 'ipi_send_cpu', 'ipi_send_cpumask', 'ipi_raise');

-- What was under way on the sender's side: the last operation and the last system call that its
-- thread began, the last interrupt that its CPU took. Ids of slices grow with time.
CREATE PERFETTO TABLE _fencelab_send_context AS
WITH
  syscall AS (
    SELECT slice.id, slice.ts, thread_track.utid
    FROM thread_track
    JOIN slice ON slice.track_id = thread_track.id
    WHERE thread_track.type = 'thread_execution' AND slice.name GLOB 'sys_*'
  ),
  mark AS (
    SELECT utid, ts, 0 AS is_send, id AS op, NULL AS call, NULL AS send FROM fencelab_operations
    UNION ALL
    SELECT utid, ts, 0, NULL, id, NULL FROM syscall
    UNION ALL
    SELECT utid, ts, 1, NULL, NULL, id FROM _fencelab_send_events
  )
SELECT *
FROM (
  SELECT
    send,
    MAX(op) OVER by_thread AS operation_id,
    MAX(call) OVER by_thread AS syscall_id
  FROM mark
  WINDOW by_thread AS (PARTITION BY utid ORDER BY ts, is_send ROWS UNBOUNDED PRECEDING)
)
WHERE send IS NOT NULL;

CREATE PERFETTO INDEX _fencelab_send_context_send ON _fencelab_send_context(send);

CREATE PERFETTO TABLE _fencelab_send_interrupt AS
WITH
  mark AS (
    SELECT cpu, ts, 0 AS is_send, id AS interrupt, NULL AS send FROM fencelab_interrupts
    UNION ALL
    SELECT sender_cpu, ts, 1, NULL, id FROM _fencelab_send_events
  )
SELECT *
FROM (
  SELECT
    send,
    MAX(interrupt) OVER (
      PARTITION BY cpu ORDER BY ts, is_send ROWS UNBOUNDED PRECEDING
    ) AS interrupt_id
  FROM mark
)
WHERE send IS NOT NULL;

CREATE PERFETTO INDEX _fencelab_send_interrupt_send ON _fencelab_send_interrupt(send);

-- id: row of ftrace_event. targets: CPUs such as "1,3". operation_id, syscall_id: slices,
-- NULL outside of any.
-- from_interrupt: name of the interrupt handler that sent, rather than the thread that it hit.
CREATE PERFETTO TABLE fencelab_sends AS
SELECT
  event.id,
  event.ts,
  event.event,
  event.kind,
  event.sender_cpu,
  event.utid,
  event.targets,
  LENGTH(event.targets) - LENGTH(REPLACE(event.targets, ',', '')) + 1 AS target_count,
  event.callsite,
  event.func,
  interrupt.name AS from_interrupt,
  IIF(interrupt.id IS NULL, operation.id, NULL) AS operation_id,
  IIF(interrupt.id IS NULL, syscall.id, NULL) AS syscall_id,
  IIF(interrupt.id IS NULL, syscall.name, NULL) AS syscall
FROM _fencelab_send_events AS event
LEFT JOIN _fencelab_send_context AS context ON context.send = event.id
LEFT JOIN _fencelab_send_interrupt AS hit ON hit.send = event.id
LEFT JOIN fencelab_interrupts AS interrupt
  ON interrupt.id = hit.interrupt_id AND interrupt.end_ts > event.ts
LEFT JOIN fencelab_operations AS operation
  ON operation.id = context.operation_id AND operation.end_ts >= event.ts
LEFT JOIN slice AS syscall
  ON syscall.id = context.syscall_id
  AND (syscall.dur < 0 OR syscall.ts + syscall.dur >= event.ts)
ORDER BY event.ts;

CREATE PERFETTO INDEX fencelab_sends_ts ON fencelab_sends(ts);

-- Calls and interrupts by technique, system call and place in the kernel. technique, syscall: NULL
-- outside of any. per_operation: targets for each operation of the technique.
CREATE PERFETTO VIEW fencelab_call_sites AS
SELECT
  operation.technique,
  send.syscall,
  send.from_interrupt,
  send.event,
  send.kind,
  send.callsite,
  send.func,
  COUNT(*) AS sends,
  SUM(send.target_count) AS targets,
  SUM(send.target_count) * 1.0 / total.operations AS per_operation
FROM fencelab_sends AS send
LEFT JOIN fencelab_operations AS operation ON operation.id = send.operation_id
LEFT JOIN (
  SELECT technique, COUNT(*) AS operations FROM fencelab_operations GROUP BY technique
) AS total ON total.technique = operation.technique
GROUP BY
  operation.technique, send.syscall, send.from_interrupt, send.event, send.callsite, send.func
ORDER BY targets DESC;
