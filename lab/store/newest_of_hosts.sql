-- The newest runs of each host, which is a machine with a kernel: the newest hosts first.
WITH hosts AS (
  SELECT machine, kernel, max(started_ms) AS newest FROM runs
  WHERE machine IS NOT NULL
  GROUP BY machine, kernel
  ORDER BY newest DESC
  LIMIT :hosts
),
placed AS (
  SELECT runs.*, hosts.newest AS newest, row_number() OVER (
    PARTITION BY runs.machine, runs.kernel ORDER BY runs.started_ms DESC, runs.name DESC
  ) AS place
  FROM runs JOIN hosts ON runs.machine = hosts.machine AND runs.kernel = hosts.kernel
)
SELECT * FROM placed
WHERE place <= :depth
ORDER BY newest DESC, machine, kernel, place;
