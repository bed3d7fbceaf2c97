-- The index on the time gives this order, so nothing is sorted; a negative limit means no limit.
SELECT * FROM chosen
ORDER BY started_ms DESC, name DESC
LIMIT :limit OFFSET :offset;
