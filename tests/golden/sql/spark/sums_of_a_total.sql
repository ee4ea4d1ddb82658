SELECT
  `t7`.`_stratum`,
  `t7`.`_cluster_1`,
  SUM(`t7`.`_weight`) AS `weight`,
  COALESCE(
    SUM(
      IF(
        `t7`.`y0` IS NOT NULL AND NOT ISNAN(`t7`.`y0`),
        `t7`.`_weight` * `t7`.`y0`,
        CAST(NULL AS DOUBLE)
      )
    ),
    CAST('0.0' AS DOUBLE)
  ) AS `wy0`,
  COALESCE(
    SUM(
      IF(
        `t7`.`y0` IS NOT NULL AND NOT ISNAN(`t7`.`y0`),
        `t7`.`_weight` * CAST(1 AS DOUBLE),
        CAST(NULL AS DOUBLE)
      )
    ),
    CAST('0.0' AS DOUBLE)
  ) AS `wx0`,
  COALESCE(
    SUM(
      IF(
        `t7`.`y0` IS NOT NULL AND NOT ISNAN(`t7`.`y0`),
        CAST('1.0' AS DOUBLE),
        CAST(NULL AS DOUBLE)
      )
    ),
    CAST('0.0' AS DOUBLE)
  ) AS `n0`,
  COALESCE(
    SUM(
      IF(`t7`.`y0` IS NOT NULL AND NOT ISNAN(`t7`.`y0`), `t7`.`_weight`, CAST(NULL AS DOUBLE))
    ),
    CAST('0.0' AS DOUBLE)
  ) AS `w0`,
  COALESCE(
    SUM(
      IF(
        `t7`.`y0` IS NOT NULL
        AND NOT ISNAN(`t7`.`y0`)
        AND (
          `t7`.`y0` <> CAST('0.0' AS DOUBLE)
        ),
        CAST('1.0' AS DOUBLE),
        CAST(NULL AS DOUBLE)
      )
    ),
    CAST('0.0' AS DOUBLE)
  ) AS `events0`,
  COALESCE(
    SUM(
      IF(
        TRUE AND NOT (
          `t7`.`y0` IS NOT NULL AND NOT ISNAN(`t7`.`y0`)
        ),
        CAST('1.0' AS DOUBLE),
        CAST(NULL AS DOUBLE)
      )
    ),
    CAST('0.0' AS DOUBLE)
  ) AS `missing0`,
  COALESCE(
    SUM(
      IF(
        `t7`.`y0` IS NOT NULL AND NOT ISNAN(`t7`.`y0`) AND NOT (
          TRUE
        ),
        CAST('1.0' AS DOUBLE),
        CAST(NULL AS DOUBLE)
      )
    ),
    CAST('0.0' AS DOUBLE)
  ) AS `outside0`,
  COALESCE(
    SUM(
      IF(
        `t7`.`y0` IS NOT NULL AND NOT ISNAN(`t7`.`y0`),
        `t7`.`_weight` * `t7`.`_weight`,
        CAST(NULL AS DOUBLE)
      )
    ),
    CAST('0.0' AS DOUBLE)
  ) AS `ww0`,
  COALESCE(
    SUM(
      IF(
        `t7`.`y0` IS NOT NULL AND NOT ISNAN(`t7`.`y0`),
        `t7`.`_weight` * (
          `t7`.`y0` - (
            CAST('0.25' AS DOUBLE) * CAST(1 AS DOUBLE)
          )
        ) * (
          `t7`.`y0` - (
            CAST('0.25' AS DOUBLE) * CAST(1 AS DOUBLE)
          )
        ),
        CAST(NULL AS DOUBLE)
      )
    ),
    CAST('0.0' AS DOUBLE)
  ) AS `ee0`,
  COALESCE(
    SUM(
      IF(
        `t7`.`y0` IS NOT NULL AND NOT ISNAN(`t7`.`y0`),
        `t7`.`_weight` * (
          `t7`.`y0` - (
            CAST('0.25' AS DOUBLE) * CAST(1 AS DOUBLE)
          )
        ) * CAST(1 AS DOUBLE),
        CAST(NULL AS DOUBLE)
      )
    ),
    CAST('0.0' AS DOUBLE)
  ) AS `ex0`,
  COALESCE(
    SUM(
      IF(
        `t7`.`y0` IS NOT NULL AND NOT ISNAN(`t7`.`y0`),
        `t7`.`_weight` * CAST(1 AS DOUBLE) * CAST(1 AS DOUBLE),
        CAST(NULL AS DOUBLE)
      )
    ),
    CAST('0.0' AS DOUBLE)
  ) AS `xx0`,
  MAX(
    IF(
      `t7`.`y0` IS NOT NULL AND NOT ISNAN(`t7`.`y0`),
      `t7`.`_weight` * `t7`.`y0`,
      CAST('0.0' AS DOUBLE)
    )
  ) AS `largest0`,
  MIN(
    IF(`t7`.`y0` IS NOT NULL AND NOT ISNAN(`t7`.`y0`), `t7`.`y0`, CAST('0.0' AS DOUBLE))
  ) AS `smallest0`
FROM (
  SELECT
    NULLIF(`t6`.`y0`, CAST('NaN' AS DOUBLE)) AS `y0`,
    `t6`.`_weight`,
    `t6`.`_stratum`,
    `t6`.`_cluster_1`
  FROM (
    SELECT
      `t5`.`record`,
      `t5`.`row`,
      `t5`.`y0`,
      `t3`.`_id`,
      `t3`.`_weight`,
      `t3`.`_stratum`,
      `t3`.`_cluster_1`
    FROM (
      SELECT
        COALESCE(`t0`.`_record`, -1) AS `record`,
        `t0`.`_row` AS `row`,
        COALESCE(
          NULLIF(
            NULLIF(
              NULLIF(
                TRY_CAST(REGEXP_EXTRACT(
                  `t0`.`minutes`,
                  '^[ \\t\\r\\n]*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?[ \\t\\r\\n]*$',
                  0
                ) AS DOUBLE),
                CAST('Inf' AS DOUBLE)
              ),
              CAST('-Inf' AS DOUBLE)
            ),
            CAST('NaN' AS DOUBLE)
          ),
          CAST('NaN' AS DOUBLE)
        ) AS `y0`
      FROM `main` AS `t0`
    ) AS `t5`
    INNER JOIN (
      SELECT
        `t1`.`_record` AS `_id`,
        `t1`.`_weight`,
        `t1`.`_stratum`,
        `t1`.`_cluster_1`
      FROM `design` AS `t1`
    ) AS `t3`
      ON `t5`.`record` = `t3`.`_id`
  ) AS `t6`
) AS `t7`
GROUP BY
  1,
  2
