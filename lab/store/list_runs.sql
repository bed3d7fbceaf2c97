-- A filter that is NULL lets everything pass; a negative limit means no limit.
SELECT * FROM runs
WHERE (:host IS NULL OR host = :host)
  AND (:arch IS NULL OR arch = :arch)
  AND (:experiment IS NULL
    OR EXISTS (SELECT 1 FROM json_each(runs.experiments) WHERE value = :experiment))
  AND (:technique IS NULL
    OR EXISTS (SELECT 1 FROM json_each(runs.techniques) WHERE value = :technique))
ORDER BY started_ms DESC, name DESC
LIMIT :limit;
