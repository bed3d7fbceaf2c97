-- What each technique does and costs, over the operations whose sample was kept.

INCLUDE PERFETTO MODULE fencelab.operations;

-- Whom the operations interrupted whose sample was kept.
CREATE PERFETTO VIEW _fencelab_kept_targets AS
SELECT operation.id AS operation, operation.technique, target.*
FROM fencelab_operations AS operation
JOIN fencelab_targets AS target ON target.operation_id = operation.id
WHERE operation.kept;

-- targets: CPUs that were interrupted, such as "1,3". sends: calls that the operations queued, as
-- the converter counted them; interrupts: those that were matched to a handler.
CREATE PERFETTO VIEW fencelab_techniques AS
WITH
  hit AS (
    SELECT operation_id, COUNT(*) AS interrupts FROM fencelab_targets GROUP BY operation_id
  ),
  target AS (
    SELECT technique, GROUP_CONCAT(cpu) AS targets
    FROM (SELECT DISTINCT technique, cpu FROM _fencelab_kept_targets ORDER BY cpu)
    GROUP BY technique
  )
SELECT
  operation.technique,
  COUNT(*) AS operations,
  SUM(operation.kept) AS kept,
  COALESCE(SUM(IIF(operation.kept, operation.sends, 0)), 0) AS sends,
  COALESCE(SUM(IIF(operation.kept, hit.interrupts, 0)), 0) AS interrupts,
  COALESCE(SUM(IIF(operation.kept, hit.interrupts, 0)), 0) * 1.0
    / NULLIF(SUM(operation.kept), 0) AS interrupts_per_operation,
  COALESCE(target.targets, '') AS targets
FROM fencelab_operations AS operation
LEFT JOIN hit ON hit.operation_id = operation.id
LEFT JOIN target ON target.technique = operation.technique
GROUP BY operation.technique
ORDER BY MIN(operation.ts);

-- Every duration that a technique's statistics are made of, in ns. Of an operation with several
-- targets or rounds, enter_to_send counts to the first sending, exit_to_return from the last exit.
-- handler is what the caller waits for, interrupted what the target's own thread loses.
CREATE PERFETTO VIEW _fencelab_durations AS
SELECT technique, 'operation' AS step, dur AS ns FROM fencelab_operations WHERE kept
UNION ALL
SELECT technique, 'enter_to_send', MIN(enter_to_send) FROM _fencelab_kept_targets GROUP BY operation
UNION ALL
SELECT technique, 'exit_to_return', MIN(exit_to_return) FROM _fencelab_kept_targets GROUP BY operation
UNION ALL
SELECT technique, 'send_to_entry', send_to_entry FROM _fencelab_kept_targets
UNION ALL
SELECT technique, 'handler', handler_dur FROM _fencelab_kept_targets
UNION ALL
SELECT technique, 'interrupted', interrupted_dur FROM _fencelab_kept_targets;

-- step: operation, enter_to_send, send_to_entry, handler, exit_to_return, interrupted. All in ns.
CREATE PERFETTO VIEW fencelab_latencies AS
SELECT
  technique,
  step,
  COUNT(ns) AS count,
  MIN(ns) AS min,
  PERCENTILE(ns, 50) AS p50,
  PERCENTILE(ns, 90) AS p90,
  PERCENTILE(ns, 99) AS p99,
  PERCENTILE(ns, 99.9) AS p999,
  MAX(ns) AS max,
  AVG(ns) AS mean
FROM _fencelab_durations
WHERE ns IS NOT NULL
GROUP BY technique, step;
