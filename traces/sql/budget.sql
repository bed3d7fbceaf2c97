-- Where an operation's time went: phases that follow one another without gap or overlap.
--
-- While calls are outstanding, the target that answers last decides: the time goes to its handler
-- once that runs, and before that to the first of these that the trace shows on the target's CPU:
--   another handler      it was serving an interrupt that the operation did not cause
--   target idle          it ran the idle thread, and had to wake up
--   delivery             nothing stood against it, and no more time went than half of all the
--                        trace's deliveries take (fencelab_usual_delivery)
--   interrupts disabled  between irq_disable and irq_enable, if these events were recorded;
--                        otherwise up to the last event that the CPU recorded before the handler:
--                        it was running and yet did not take an interrupt that was overdue
--   unexplained          none of these: the hypervisor, firmware, or what was not recorded
-- While none is outstanding, it goes to the caller:
--   caller interrupted   an interrupt handler ran on the caller's CPU
--   caller preempted     the caller was ready to run, and something else ran
--   caller asleep        the caller waited for something other than these calls
--   caller               the caller ran, or a hypervisor had taken its CPU, which no event shows

INCLUDE PERFETTO MODULE fencelab.operations;

CREATE PERFETTO TABLE fencelab_usual_delivery AS
SELECT CAST(COALESCE(PERCENTILE(send_to_entry, 50), 0) AS INT) AS ns
FROM fencelab_targets
WHERE send_to_entry IS NOT NULL;

-- A call as the budget sees it: clipped to its operation. Without a time of sending, it counts
-- from the exit before it, else from the operation's begin.
CREATE PERFETTO TABLE _fencelab_calls AS
SELECT
  target.operation_id,
  target.cpu,
  MAX(
    operation.ts,
    MIN(
      COALESCE(
        target.send_ts,
        (
          SELECT MAX(earlier.exit_ts)
          FROM fencelab_targets AS earlier
          WHERE
            earlier.operation_id = target.operation_id AND earlier.exit_ts <= target.entry_ts
        ),
        operation.ts
      ),
      operation.end_ts
    )
  ) AS send_ts,
  MAX(operation.ts, MIN(target.entry_ts, operation.end_ts)) AS entry_ts,
  MAX(operation.ts, MIN(COALESCE(target.exit_ts, operation.end_ts), operation.end_ts)) AS exit_ts
FROM fencelab_targets AS target
JOIN fencelab_operations AS operation ON operation.id = target.operation_id;

CREATE PERFETTO INDEX _fencelab_calls_operation ON _fencelab_calls(operation_id);

-- When interrupts were off, by CPU, as far as preemptirq:irq_disable and irq_enable tell.
CREATE PERFETTO TABLE _fencelab_interrupts_off AS
WITH
  mark AS (
    SELECT
      cpu,
      name,
      ts,
      LEAD(ts) OVER (PARTITION BY cpu ORDER BY ts) AS end_ts
    FROM ftrace_event
    WHERE name IN ('irq_disable', 'irq_enable')
  )
SELECT cpu, ts, end_ts
FROM mark
WHERE name = 'irq_disable' AND end_ts IS NOT NULL;

-- States of the threads that have operations, each until the next; end_ts: NULL for the last.
CREATE PERFETTO TABLE _fencelab_caller_states AS
SELECT utid, state, ts, LEAD(ts) OVER (PARTITION BY utid ORDER BY ts) AS end_ts
FROM thread_state
WHERE utid IN (SELECT utid FROM fencelab_operations);

-- Everything that an operation's time may be explained with; see the phases above.
CREATE PERFETTO FUNCTION _fencelab_evidence(operation_id LONG)
RETURNS TABLE(kind STRING, cpu LONG, ts LONG, end_ts LONG) AS
WITH
  operation AS (SELECT * FROM fencelab_operations WHERE id = $operation_id),
  call AS (SELECT * FROM _fencelab_calls WHERE operation_id = $operation_id),
  target AS (SELECT DISTINCT cpu FROM call)
SELECT 'another handler' AS kind, interrupt.cpu AS cpu, interrupt.ts AS ts, interrupt.end_ts AS end_ts
FROM operation
JOIN fencelab_interrupts AS interrupt
  ON interrupt.ts < operation.end_ts AND interrupt.end_ts > operation.ts
WHERE
  interrupt.kind != 'softirq'
  AND interrupt.cpu IN (SELECT cpu FROM target)
  AND interrupt.id NOT IN (
    SELECT handler_id FROM fencelab_targets WHERE operation_id = $operation_id
  )
UNION ALL
SELECT 'target idle', run.cpu, run.ts, COALESCE(run.end_ts, operation.end_ts)
FROM operation
JOIN _fencelab_running AS run ON run.ts < operation.end_ts
JOIN thread ON thread.utid = run.utid
WHERE
  thread.is_idle
  AND (run.end_ts IS NULL OR run.end_ts > operation.ts)
  AND run.cpu IN (SELECT cpu FROM target)
UNION ALL
SELECT 'delivery', call.cpu, call.send_ts, MIN(call.entry_ts, call.send_ts + usual.ns)
FROM call, fencelab_usual_delivery AS usual
UNION ALL
SELECT 'interrupts disabled', off.cpu, off.ts, off.end_ts
FROM operation
JOIN _fencelab_interrupts_off AS off
  ON off.ts < operation.end_ts AND off.end_ts > operation.ts
WHERE off.cpu IN (SELECT cpu FROM target)
UNION ALL
SELECT 'interrupts disabled', call.cpu, call.send_ts, MAX(event.ts)
FROM call
JOIN fencelab_usual_delivery AS usual
JOIN ftrace_event AS event
  ON event.ts > call.send_ts + usual.ns AND event.ts < call.entry_ts AND event.cpu = call.cpu
WHERE NOT EXISTS (SELECT 1 FROM _fencelab_interrupts_off)
GROUP BY call.cpu, call.send_ts
UNION ALL
SELECT 'caller interrupted', NULL, interrupt.ts, interrupt.end_ts
FROM operation
JOIN fencelab_interrupts AS interrupt
  ON interrupt.ts < operation.end_ts
  AND interrupt.end_ts > operation.ts
  AND interrupt.utid = operation.utid
UNION ALL
SELECT
  IIF(state.state IN ('R', 'R+'), 'caller preempted', 'caller asleep'),
  NULL,
  state.ts,
  COALESCE(state.end_ts, operation.end_ts)
FROM operation
JOIN _fencelab_caller_states AS state
  ON state.utid = operation.utid
  AND state.ts < operation.end_ts
  AND (state.end_ts IS NULL OR state.end_ts > operation.ts)
WHERE state.state != 'Running';

-- The phases of one operation in order of time; `dur` sums to the operation's. cpu: the target that
-- was waited for, NULL if none.
CREATE PERFETTO FUNCTION fencelab_operation_phases(operation_id LONG)
RETURNS TABLE(ts LONG, dur LONG, phase STRING, cpu LONG) AS
WITH
  operation AS (SELECT * FROM fencelab_operations WHERE id = $operation_id),
  call AS (SELECT * FROM _fencelab_calls WHERE operation_id = $operation_id),
  evidence AS MATERIALIZED (SELECT * FROM _fencelab_evidence($operation_id)),
  bound AS (
    SELECT ts FROM operation
    UNION SELECT end_ts FROM operation
    UNION SELECT send_ts FROM call
    UNION SELECT entry_ts FROM call
    UNION SELECT exit_ts FROM call
    UNION SELECT ts FROM evidence
    UNION SELECT end_ts FROM evidence
  ),
  piece AS (
    SELECT bound.ts, LEAD(bound.ts) OVER (ORDER BY bound.ts) AS end_ts
    FROM bound, operation
    WHERE bound.ts BETWEEN operation.ts AND operation.end_ts
  ),
  -- Of the calls that are outstanding, the one that ends last: SQLite takes the row of MAX().
  waiting AS (
    SELECT piece.ts, piece.end_ts, call.cpu, call.entry_ts, MAX(call.exit_ts) AS exit_ts
    FROM piece
    LEFT JOIN call ON call.send_ts <= piece.ts AND call.exit_ts >= piece.end_ts
    WHERE piece.end_ts IS NOT NULL
    GROUP BY piece.ts
  )
SELECT
  waiting.ts,
  waiting.end_ts - waiting.ts AS dur,
  CASE
    WHEN waiting.entry_ts <= waiting.ts THEN 'handler'
    ELSE COALESCE(
      (
        SELECT evidence.kind
        FROM evidence
        WHERE
          evidence.cpu IS waiting.cpu
          AND evidence.ts <= waiting.ts
          AND evidence.end_ts >= waiting.end_ts
        ORDER BY CASE evidence.kind
          WHEN 'another handler' THEN 1
          WHEN 'target idle' THEN 2
          WHEN 'delivery' THEN 3
          WHEN 'interrupts disabled' THEN 4
          WHEN 'caller interrupted' THEN 5
          ELSE 6
        END
        LIMIT 1
      ),
      IIF(waiting.cpu IS NULL, 'caller', 'unexplained')
    )
  END AS phase,
  waiting.cpu
FROM waiting
ORDER BY waiting.ts;

-- The same, summed by phase; share: from 0 to 1, of the operation.
CREATE PERFETTO FUNCTION fencelab_budget(operation_id LONG)
RETURNS TABLE(phase STRING, ns LONG, share DOUBLE) AS
SELECT
  phase,
  SUM(dur) AS ns,
  SUM(dur) * 1.0 / (SELECT MAX(dur, 1) FROM fencelab_operations WHERE id = $operation_id) AS share
FROM fencelab_operation_phases($operation_id)
GROUP BY phase
ORDER BY ns DESC;
