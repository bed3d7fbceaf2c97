-- The runs that pass a filter; a part that is NULL lets everything pass.
WITH chosen AS (
  SELECT * FROM runs
  WHERE (:host IS NULL OR host = :host)
    AND (:arch IS NULL OR arch = :arch)
    AND (:machine IS NULL OR machine = :machine)
    -- A release begins so, and no number is cut: 6.1 means 6.1.9, not 6.12
    AND (:kernel IS NULL
      OR substr(kernel, 1, length(:kernel)) = :kernel
        AND (substr(:kernel, -1) || substr(kernel, length(:kernel) + 1, 1))
          NOT GLOB '[0-9][0-9]')
    AND (:from IS NULL OR started_ms >= :from)
    AND (:before IS NULL OR started_ms < :before)
    AND (:experiment IS NULL
      OR id IN (SELECT run FROM tags WHERE kind = 'experiment' AND value = :experiment))
    AND (:technique IS NULL
      OR id IN (SELECT run FROM tags WHERE kind = 'technique' AND value = :technique))
)
