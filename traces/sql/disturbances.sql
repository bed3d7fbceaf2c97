-- Interrupts that hit measured threads without any operation having caused them.

INCLUDE PERFETTO MODULE fencelab.operations;

-- Threads that are measured: those with operations ('caller') and the others of their processes
-- ('sibling').
CREATE PERFETTO TABLE fencelab_measured_threads AS
SELECT
  thread.utid,
  thread.tid,
  thread.name AS thread_name,
  IIF(thread.utid IN (SELECT utid FROM fencelab_operations), 'caller', 'sibling') AS role
FROM thread
WHERE
  thread.utid IN (SELECT utid FROM fencelab_operations)
  OR thread.upid IN (SELECT upid FROM fencelab_operations);

-- operation_id: the operation of the thread that it fell into, NULL if none. func: what it ran.
CREATE PERFETTO TABLE fencelab_unrelated_interrupts AS
WITH
  hit AS (
    SELECT interrupt.*, measured.tid, measured.thread_name, measured.role
    FROM fencelab_interrupts AS interrupt
    JOIN fencelab_measured_threads AS measured USING (utid)
    LEFT JOIN (SELECT DISTINCT handler_id FROM fencelab_targets) AS related
      ON related.handler_id = interrupt.id
    WHERE related.handler_id IS NULL
  ),
  mark AS (
    SELECT utid, ts, 0 AS is_hit, id AS operation_id, NULL AS id FROM fencelab_operations
    UNION ALL
    SELECT utid, ts, 1, NULL, id FROM hit
  ),
  carried AS (
    SELECT
      id,
      MAX(operation_id) OVER (
        PARTITION BY utid ORDER BY ts, is_hit ROWS UNBOUNDED PRECEDING
      ) AS operation_id
    FROM mark
  )
SELECT hit.*, operation.id AS operation_id
FROM hit
JOIN carried ON carried.id = hit.id
LEFT JOIN fencelab_operations AS operation
  ON operation.id = carried.operation_id AND operation.end_ts > hit.ts;

-- The same, counted. operations: how many operations were hit. Times in ns.
CREATE PERFETTO VIEW fencelab_disturbances AS
SELECT
  role,
  tid,
  thread_name,
  cpu,
  kind,
  name,
  func,
  COUNT(*) AS interrupts,
  COUNT(DISTINCT operation_id) AS operations,
  SUM(dur) AS total_ns,
  MAX(dur) AS max_ns
FROM fencelab_unrelated_interrupts
GROUP BY role, tid, thread_name, cpu, kind, name, func
ORDER BY total_ns DESC;
