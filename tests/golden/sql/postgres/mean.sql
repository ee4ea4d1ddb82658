SELECT
  COALESCE("t0"."_record", -1) AS "record",
  "t0"."_row" AS "row",
  CAST("t0"."size" AS VARCHAR) AS "by0",
  COALESCE(
    NULLIF(
      NULLIF(
        NULLIF("t0"."income", CAST('Inf' AS DOUBLE PRECISION)),
        -CAST('Inf' AS DOUBLE PRECISION)
      ),
      CAST('NaN' AS DOUBLE PRECISION)
    ),
    CAST('NaN' AS DOUBLE PRECISION)
  ) AS "y0"
FROM "main" AS "t0"
ORDER BY
  "t0"."_row" ASC
