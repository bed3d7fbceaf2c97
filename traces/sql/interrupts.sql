-- Every interrupt that the trace shows, with the CPU and the thread that it hit.
--
-- Names of categories and arguments: traces/perfetto/names.ts.

-- Cross-CPU calls and rescheduling ('ipi', of the lab's own tracks), device and timer interrupts
-- ('irq') and their deferred halves ('softirq').
CREATE PERFETTO TABLE _fencelab_interrupt_slices AS
SELECT
  slice.id,
  slice.ts,
  IIF(
    slice.dur < 0 OR extract_arg(slice.arg_set_id, 'debug.incomplete') IS NOT NULL,
    NULL,
    slice.dur
  ) AS dur,
  slice.name,
  'ipi' AS kind,
  COALESCE(
    extract_arg(slice.arg_set_id, 'debug.cpu'),
    CAST(REPLACE(track.name, 'IPI CPU ', '') AS INT)
  ) AS cpu,
  extract_arg(slice.arg_set_id, 'debug.func') AS func,
  extract_arg(slice.arg_set_id, 'debug.match') AS match,
  extract_arg(slice.arg_set_id, 'debug.send_ts') AS send_ts,
  extract_arg(slice.arg_set_id, 'debug.sender_cpu') AS sender_cpu,
  extract_arg(slice.arg_set_id, 'debug.sender_tid') AS sender_tid
FROM slice
JOIN track ON slice.track_id = track.id
WHERE slice.category = 'fencelab.irq'
UNION ALL
SELECT
  slice.id,
  slice.ts,
  IIF(slice.dur < 0, NULL, slice.dur) AS dur,
  slice.name,
  IIF(cpu_track.type = 'cpu_softirq', 'softirq', 'irq') AS kind,
  cpu_track.cpu,
  NULL AS func,
  NULL AS match,
  NULL AS send_ts,
  NULL AS sender_cpu,
  NULL AS sender_tid
FROM slice
JOIN cpu_track ON slice.track_id = cpu_track.id
WHERE cpu_track.type IN ('cpu_irq', 'cpu_softirq');

-- Who ran where. end_ts: NULL if the CPU switched no more; threads whose switching-out was not
-- recorded (dur -1, though others ran there later) are left out: nobody knows how long they ran.
CREATE PERFETTO TABLE _fencelab_running AS
WITH
  run AS (
    SELECT id, cpu, utid, ts, dur, LEAD(ts) OVER (PARTITION BY cpu ORDER BY ts) AS next_ts FROM sched
  )
SELECT id, cpu, utid, ts, IIF(dur < 0, NULL, ts + dur) AS end_ts
FROM run
WHERE dur >= 0 OR next_ts IS NULL;

CREATE PERFETTO INDEX _fencelab_running_id ON _fencelab_running(id);

-- The run that each interrupt fell into: the last that began on its CPU. Ids of `sched` grow with
-- time.
CREATE PERFETTO TABLE _fencelab_interrupted AS
WITH
  mark AS (
    SELECT cpu, ts, 0 AS is_interrupt, id AS run_id, NULL AS interrupt_id FROM _fencelab_running
    UNION ALL
    SELECT cpu, ts, 1, NULL, id FROM _fencelab_interrupt_slices
  ),
  carried AS (
    SELECT
      interrupt_id,
      ts,
      MAX(run_id) OVER (
        PARTITION BY cpu ORDER BY ts, is_interrupt ROWS UNBOUNDED PRECEDING
      ) AS run_id
    FROM mark
  )
SELECT carried.interrupt_id, run.utid
FROM carried
JOIN _fencelab_running AS run ON run.id = carried.run_id
WHERE
  carried.interrupt_id IS NOT NULL
  AND (run.end_ts IS NULL OR run.end_ts > carried.ts)
ORDER BY carried.interrupt_id;

CREATE PERFETTO INDEX _fencelab_interrupted_id ON _fencelab_interrupted(interrupt_id);

-- id: slice. dur: NULL if the exit was not recorded. utid: thread that was interrupted, NULL if
-- the trace does not show who ran.
CREATE PERFETTO TABLE fencelab_interrupts AS
SELECT
  interrupt.*,
  interrupt.ts + interrupt.dur AS end_ts,
  interrupted.utid
FROM _fencelab_interrupt_slices AS interrupt
LEFT JOIN _fencelab_interrupted AS interrupted ON interrupted.interrupt_id = interrupt.id
ORDER BY interrupt.ts;

CREATE PERFETTO INDEX fencelab_interrupts_id ON fencelab_interrupts(id);
