-- The newest runs of each host, and older ones that saw something fail: the newest hosts first.
WITH hosts AS (
  SELECT identity, max(started_ms) AS newest FROM runs
  WHERE identity IS NOT NULL
  GROUP BY identity
  ORDER BY newest DESC
  LIMIT :hosts
),
placed AS (
  SELECT runs.*, hosts.newest AS newest, row_number() OVER (
    PARTITION BY runs.identity ORDER BY runs.started_ms DESC, runs.name DESC
  ) AS place
  FROM runs JOIN hosts ON runs.identity = hosts.identity
)
SELECT * FROM placed
WHERE place <= :depth OR failed <> '[]'
ORDER BY newest DESC, identity, place;
