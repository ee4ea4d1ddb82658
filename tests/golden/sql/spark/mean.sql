SELECT
  COALESCE(`t0`.`_record`, -1) AS `record`,
  `t0`.`_row` AS `row`,
  CAST(`t0`.`size` AS STRING) AS `by0`,
  COALESCE(
    NULLIF(
      NULLIF(NULLIF(`t0`.`income`, CAST('Inf' AS DOUBLE)), CAST('-Inf' AS DOUBLE)),
      CAST('NaN' AS DOUBLE)
    ),
    CAST('NaN' AS DOUBLE)
  ) AS `y0`
FROM `main` AS `t0`
ORDER BY
  `t0`.`_row` ASC NULLS LAST
