SELECT count(*) AS total FROM chosen;
