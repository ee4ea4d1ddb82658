SELECT
  COALESCE(`t0`.`_record`, -1) AS `record`,
  `t0`.`_row` AS `row`,
  COALESCE(
    CAST(`t0`.`source` IN ('it\'s', 'a "b"', 'back\\', '\\\'; DROP TABLE main; --', 'নদী') AS DOUBLE),
    CAST('NaN' AS DOUBLE)
  ) AS `y0`
FROM `main` AS `t0`
ORDER BY
  `t0`.`_row` ASC NULLS LAST
