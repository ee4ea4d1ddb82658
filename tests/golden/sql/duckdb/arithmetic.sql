SELECT
  COALESCE("t0"."_record", -1) AS "record",
  "t0"."_row" AS "row",
  COALESCE(
    NULLIF(
      NULLIF(
        NULLIF(
          NULLIF(
            NULLIF(
              NULLIF(
                NULLIF(
                  NULLIF(NULLIF("t0"."income", CAST('inf' AS DOUBLE)), CAST('-inf' AS DOUBLE)),
                  CAST('nan' AS DOUBLE)
                ) / NULLIF(CAST("t0"."size" AS DOUBLE), 0.0),
                CAST('inf' AS DOUBLE)
              ),
              CAST('-inf' AS DOUBLE)
            ),
            CAST('nan' AS DOUBLE)
          ),
          CAST('inf' AS DOUBLE)
        ),
        CAST('-inf' AS DOUBLE)
      ),
      CAST('nan' AS DOUBLE)
    ),
    CAST('nan' AS DOUBLE)
  ) AS "y0"
FROM "main" AS "t0"
ORDER BY
  "t0"."_row" ASC
