-- Any program, not only the lab's: which interrupts it caused and suffered.

INCLUDE PERFETTO MODULE fencelab.sends;

-- Every interrupt with both sides. The handler of an interrupt that served several calls counts for
-- the first of them. send_id: row of fencelab_sends, NULL if the sender is not known or if nobody
-- sent it, such as a timer's.
CREATE PERFETTO TABLE fencelab_interruptions AS
WITH
  sent AS (
    SELECT interrupt.id, MIN(send.id) AS send_id
    FROM fencelab_interrupts AS interrupt
    JOIN fencelab_sends AS send
      ON send.ts = interrupt.send_ts AND send.sender_cpu = interrupt.sender_cpu
    GROUP BY interrupt.id
  )
SELECT
  interrupt.id,
  interrupt.ts,
  interrupt.dur,
  interrupt.cpu,
  interrupt.kind,
  interrupt.name,
  interrupt.func,
  interrupt.ts - interrupt.send_ts AS send_to_entry,
  interrupt.utid AS victim_utid,
  sent.send_id
FROM fencelab_interrupts AS interrupt
LEFT JOIN sent ON sent.id = interrupt.id
ORDER BY sent.send_id;

-- Threads with the process that they belong to, or themselves if it is not known.
CREATE PERFETTO VIEW _fencelab_owners AS
SELECT
  thread.utid,
  process.pid,
  COALESCE(process.name, thread.name) AS name
FROM thread
LEFT JOIN process USING (upid);

-- Interrupts by sender, place and victim. sender_pid, sender_name, syscall, callsite: NULL where the
-- sender is not known; sender_name of an interrupt handler that sent is that of the handler.
-- Times in ns: what the victims' CPUs lost, and how long the interrupts were on their way.
CREATE PERFETTO VIEW fencelab_interruption_counts AS
SELECT
  IIF(send.from_interrupt IS NULL, sender.pid, NULL) AS sender_pid,
  COALESCE(send.from_interrupt, sender.name) AS sender_name,
  send.syscall,
  send.callsite,
  interruption.kind,
  interruption.name,
  interruption.func,
  interruption.cpu,
  victim.pid AS victim_pid,
  victim.name AS victim_name,
  COUNT(*) AS interrupts,
  COALESCE(SUM(interruption.dur), 0) AS lost_ns,
  MAX(interruption.dur) AS max_lost_ns,
  MAX(interruption.send_to_entry) AS max_send_to_entry
FROM fencelab_interruptions AS interruption
LEFT JOIN fencelab_sends AS send ON send.id = interruption.send_id
LEFT JOIN _fencelab_owners AS sender ON sender.utid = send.utid
LEFT JOIN _fencelab_owners AS victim ON victim.utid = interruption.victim_utid
GROUP BY
  sender_pid, sender_name, send.syscall, send.callsite, interruption.kind, interruption.name,
  interruption.func, interruption.cpu, victim.pid, victim.name
ORDER BY interrupts DESC;

-- System calls that called or interrupted other CPUs. targets: CPUs, each time counted; from calls
-- where the trace has csd_queue_cpu, else from interrupts. dur: NULL if it did not return.
CREATE PERFETTO TABLE fencelab_interrupting_syscalls AS
WITH
  counted AS (
    SELECT
      syscall_id,
      SUM(IIF(kind = 'call', target_count, 0)) AS called,
      SUM(IIF(kind = 'interrupt', target_count, 0)) AS interrupted
    FROM fencelab_sends
    WHERE syscall_id IS NOT NULL
    GROUP BY syscall_id
  )
SELECT
  slice.id,
  slice.ts,
  IIF(slice.dur < 0, NULL, slice.dur) AS dur,
  slice.name AS syscall,
  thread_track.utid,
  IIF(counted.called > 0, counted.called, counted.interrupted) AS targets
FROM counted
JOIN slice ON slice.id = counted.syscall_id
JOIN thread_track ON thread_track.id = slice.track_id;

-- The same, counted. calls: those that interrupted somebody. Times in ns.
CREATE PERFETTO VIEW fencelab_syscall_counts AS
SELECT
  owner.pid,
  owner.name AS process_name,
  call.syscall,
  COUNT(*) AS calls,
  SUM(call.targets) AS targets,
  PERCENTILE(call.dur, 50) AS p50,
  PERCENTILE(call.dur, 99) AS p99,
  MAX(call.dur) AS max
FROM fencelab_interrupting_syscalls AS call
LEFT JOIN _fencelab_owners AS owner USING (utid)
GROUP BY owner.pid, owner.name, call.syscall
ORDER BY targets DESC;
