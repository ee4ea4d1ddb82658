SELECT
  COALESCE("t0"."_record", -1) AS "record",
  "t0"."_row" AS "row",
  "t0"."region" AS "by0",
  COALESCE(
    CAST(NULLIF(
      NULLIF(
        NULLIF(
          TRY_CAST(REGEXP_EXTRACT(
            "t0"."minutes",
            '^[ \t\r\n]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\r\n]*$'
          ) AS DOUBLE),
          CAST('inf' AS DOUBLE)
        ),
        CAST('-inf' AS DOUBLE)
      ),
      CAST('nan' AS DOUBLE)
    ) <= 30 AS DOUBLE),
    CAST('nan' AS DOUBLE)
  ) AS "y0",
  CAST(COALESCE(NOT (
    "t0"."source" IN ('none')
  ), FALSE) AS TINYINT) AS "inside0"
FROM "main" AS "t0"
ORDER BY
  "t0"."_row" ASC
