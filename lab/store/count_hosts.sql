SELECT count(DISTINCT identity) AS hosts FROM runs;
