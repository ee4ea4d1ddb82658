SELECT
  COALESCE(`t7`.`_record`, -1) AS `record`,
  `t7`.`_row` AS `row`,
  IF(`t7`.`_rows_of_members` IS NULL, '0', `t7`.`_rolled_has_woman`) AS `by0`,
  COALESCE(
    NULLIF(
      NULLIF(
        NULLIF(
          IF(`t7`.`_rows_of_members` IS NULL, 0.0, `t7`.`_rolled_women`),
          CAST('Inf' AS DOUBLE)
        ),
        CAST('-Inf' AS DOUBLE)
      ),
      CAST('NaN' AS DOUBLE)
    ),
    CAST('NaN' AS DOUBLE)
  ) AS `y0`
FROM (
  SELECT
    `t3`.`_record`,
    `t3`.`_row`,
    `t6`.`_rows_of_members`,
    `t6`.`_rolled_has_woman`,
    `t6`.`_rolled_women`
  FROM (
    SELECT
      `t0`.`_record`,
      `t0`.`_row`
    FROM `main` AS `t0`
  ) AS `t3`
  LEFT OUTER JOIN (
    SELECT
      `t4`.`_record`,
      COUNT(*) AS `_rows_of_members`,
      CASE
        WHEN BOOL_OR(COALESCE(`t4`.`_rolled_has_woman_held`, FALSE))
        THEN '1'
        WHEN BOOL_OR(`t4`.`_rolled_has_woman_held` IS NULL)
        THEN CAST(NULL AS STRING)
        ELSE '0'
      END AS `_rolled_has_woman`,
      IF(
        BOOL_OR(`t4`.`_rolled_women_held` IS NULL),
        CAST(NULL AS DOUBLE),
        CAST(SUM(CAST(COALESCE(`t4`.`_rolled_women_held`, FALSE) AS INT)) AS DOUBLE)
      ) AS `_rolled_women`
    FROM (
      SELECT
        `t1`.`_record`,
        `t1`.`sex` IN ('f')
        AND NULLIF(
          NULLIF(
            NULLIF(
              TRY_CAST(REGEXP_EXTRACT(
                `t1`.`age`,
                '^[ \\t\\r\\n]*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?[ \\t\\r\\n]*$',
                0
              ) AS DOUBLE),
              CAST('Inf' AS DOUBLE)
            ),
            CAST('-Inf' AS DOUBLE)
          ),
          CAST('NaN' AS DOUBLE)
        ) BETWEEN 15 AND 49 AS `_rolled_has_woman_held`,
        (
          `t1`.`age` IS NOT NULL
        )
        AND (
          `t1`.`sex` IN ('f')
          AND NULLIF(
            NULLIF(
              NULLIF(
                TRY_CAST(REGEXP_EXTRACT(
                  `t1`.`age`,
                  '^[ \\t\\r\\n]*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?[ \\t\\r\\n]*$',
                  0
                ) AS DOUBLE),
                CAST('Inf' AS DOUBLE)
              ),
              CAST('-Inf' AS DOUBLE)
            ),
            CAST('NaN' AS DOUBLE)
          ) BETWEEN 15 AND 49
        ) AS `_rolled_women_held`
      FROM `members` AS `t1`
    ) AS `t4`
    GROUP BY
      1
  ) AS `t6`
    ON `t3`.`_record` = `t6`.`_record`
) AS `t7`
ORDER BY
  `t7`.`_row` ASC NULLS LAST
