SELECT
  COALESCE("t0"."_record", -1) AS "record",
  "t0"."_row" AS "row",
  "t0"."region" AS "by0",
  COALESCE(
    CAST(CAST(NULLIF(
      NULLIF(
        NULLIF(
          PG_TEMP.EVERYCOUNT_NUMBER(
            SUBSTRING(
              "t0"."minutes",
              '(' || '^[ \t\r\n]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\r\n]*$' || ')'
            )
          ),
          CAST('Inf' AS DOUBLE PRECISION)
        ),
        -CAST('Inf' AS DOUBLE PRECISION)
      ),
      CAST('NaN' AS DOUBLE PRECISION)
    ) <= 30 AS INT) AS DOUBLE PRECISION),
    CAST('NaN' AS DOUBLE PRECISION)
  ) AS "y0",
  CAST(CAST(COALESCE(NOT (
    "t0"."source" IN ('none')
  ), FALSE) AS INT) AS SMALLINT) AS "inside0"
FROM "main" AS "t0"
ORDER BY
  "t0"."_row" ASC
