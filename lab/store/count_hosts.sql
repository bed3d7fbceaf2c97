SELECT count(*) AS hosts FROM (SELECT DISTINCT machine, kernel FROM runs WHERE machine IS NOT NULL);
