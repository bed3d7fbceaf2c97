-- What has no value, such as the host of a damaged run, comes last in both directions.
SELECT *,
  CASE :sort
    WHEN 'started' THEN started_ms
    WHEN 'host' THEN host
    WHEN 'arch' THEN arch
    WHEN 'kernel' THEN kernel
    WHEN 'seconds' THEN seconds
    WHEN 'warnings' THEN warnings
  END AS sorted_by
FROM chosen
ORDER BY
  CASE WHEN :ascending THEN sorted_by END ASC NULLS LAST,
  CASE WHEN NOT :ascending THEN sorted_by END DESC NULLS LAST,
  started_ms DESC,
  name DESC
LIMIT :limit OFFSET :offset;
