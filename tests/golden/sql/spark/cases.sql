SELECT
  COALESCE(`t0`.`_record`, -1) AS `record`,
  `t0`.`_row` AS `row`,
  COALESCE(
    CAST(COALESCE(
      CASE CASE WHEN `t0`.`source` IN ('other') THEN `t0`.`other` ELSE `t0`.`source` END
        WHEN 'Tap '
        THEN 'tap'
        ELSE CASE WHEN `t0`.`source` IN ('other') THEN `t0`.`other` ELSE `t0`.`source` END
      END,
      'unknown'
    ) IN ('tap') AS DOUBLE),
    CAST('NaN' AS DOUBLE)
  ) AS `y0`
FROM `main` AS `t0`
ORDER BY
  `t0`.`_row` ASC NULLS LAST
