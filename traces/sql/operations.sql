-- The lab's operations, the CPUs that each interrupted, and how long each step of that took.

INCLUDE PERFETTO MODULE fencelab.interrupts;

-- id: slice. kept: 1 if the sample counts in the run's statistics. cpu: CPU at the begin.
CREATE PERFETTO TABLE fencelab_operations AS
SELECT
  slice.id,
  slice.ts,
  slice.dur,
  slice.ts + slice.dur AS end_ts,
  slice.name AS technique,
  extract_arg(slice.arg_set_id, 'debug.op_id') AS op_id,
  COALESCE(extract_arg(slice.arg_set_id, 'debug.kept'), 1) AS kept,
  extract_arg(slice.arg_set_id, 'debug.cpu') AS cpu,
  extract_arg(slice.arg_set_id, 'debug.sends') AS sends,
  thread.utid,
  thread.tid,
  thread.name AS thread_name,
  thread.upid
FROM slice
JOIN thread_track ON slice.track_id = thread_track.id
JOIN thread USING (utid)
WHERE slice.category = 'fencelab.op' AND slice.dur >= 0;

CREATE PERFETTO INDEX fencelab_operations_id ON fencelab_operations(id);

-- The functions that an interrupt handler ran for another CPU's operation, one row for each pair.
CREATE PERFETTO TABLE _fencelab_calls_served AS
WITH
  call AS (
    SELECT
      parent_id AS handler_id,
      extract_arg(arg_set_id, 'debug.op_id') AS op_id,
      extract_arg(arg_set_id, 'debug.send_ts') AS send_ts,
      name,
      IIF(dur < 0, NULL, ts + dur) AS end_ts
    FROM slice
    WHERE category = 'fencelab.call'
  )
SELECT
  handler_id,
  op_id,
  MIN(send_ts) AS send_ts,
  GROUP_CONCAT(DISTINCT name) AS func,
  MAX(end_ts) AS end_ts
FROM call
WHERE op_id IS NOT NULL
GROUP BY handler_id, op_id;

CREATE PERFETTO INDEX _fencelab_calls_served_handler ON _fencelab_calls_served(handler_id);

-- One row for each interrupt that an operation caused: the flows that leave it.
--
-- entry_ts: when the target began to serve the call: begin of the handler, or the time of sending
-- if the handler was already running. exit_ts: when it had served it: end of the called function,
-- or of the handler if no function was recorded. interrupted_dur: the handler from begin to end,
-- other calls that it served included. Times are NULL where the trace does not show them;
-- exit_to_return is negative if the operation did not wait.
CREATE PERFETTO TABLE fencelab_targets AS
WITH
  reached AS (SELECT DISTINCT slice_out AS operation_id, slice_in AS handler_id FROM flow),
  timed AS (
    SELECT
      operation.id AS operation_id,
      operation.ts,
      operation.end_ts,
      handler.id AS handler_id,
      handler.cpu,
      handler.name AS handler,
      COALESCE(call.func, handler.func) AS func,
      handler.match,
      COALESCE(call.send_ts, handler.send_ts) AS send_ts,
      MAX(handler.ts, COALESCE(call.send_ts, handler.send_ts, 0)) AS entry_ts,
      COALESCE(call.end_ts, handler.end_ts) AS exit_ts,
      handler.dur AS interrupted_dur
    FROM fencelab_operations AS operation
    JOIN reached ON reached.operation_id = operation.id
    JOIN fencelab_interrupts AS handler ON handler.id = reached.handler_id
    LEFT JOIN _fencelab_calls_served AS call
      ON call.handler_id = handler.id AND call.op_id = operation.op_id
  )
SELECT
  operation_id,
  handler_id,
  cpu,
  handler,
  func,
  match,
  send_ts,
  entry_ts,
  exit_ts,
  send_ts - ts AS enter_to_send,
  entry_ts - send_ts AS send_to_entry,
  exit_ts - entry_ts AS handler_dur,
  end_ts - exit_ts AS exit_to_return,
  interrupted_dur
FROM timed
ORDER BY operation_id, entry_ts;

CREATE PERFETTO INDEX fencelab_targets_operation ON fencelab_targets(operation_id);
