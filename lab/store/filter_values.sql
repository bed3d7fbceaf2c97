-- What the runs of a store can be narrowed to.
SELECT 'host' AS kind, host AS value, count(*) AS runs FROM runs WHERE host IS NOT NULL GROUP BY host
UNION ALL
SELECT 'arch', arch, count(*) FROM runs WHERE arch IS NOT NULL GROUP BY arch
UNION ALL
SELECT 'kernel', kernel, count(*) FROM runs WHERE kernel IS NOT NULL GROUP BY kernel
UNION ALL
SELECT kind, value, count(*) FROM tags GROUP BY kind, value
ORDER BY kind, value;
