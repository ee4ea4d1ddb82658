SELECT
  COALESCE("t7"."_record", -1) AS "record",
  "t7"."_row" AS "row",
  CASE WHEN "t7"."_rows_of_members" IS NULL THEN '0' ELSE "t7"."_rolled_has_woman" END AS "by0",
  COALESCE(
    NULLIF(
      NULLIF(
        NULLIF(
          CASE WHEN "t7"."_rows_of_members" IS NULL THEN 0.0 ELSE "t7"."_rolled_women" END,
          CAST('inf' AS DOUBLE)
        ),
        CAST('-inf' AS DOUBLE)
      ),
      CAST('nan' AS DOUBLE)
    ),
    CAST('nan' AS DOUBLE)
  ) AS "y0"
FROM (
  SELECT
    "t3"."_record",
    "t3"."_row",
    "t6"."_rows_of_members",
    "t6"."_rolled_has_woman",
    "t6"."_rolled_women"
  FROM (
    SELECT
      "t0"."_record",
      "t0"."_row"
    FROM "main" AS "t0"
  ) AS "t3"
  LEFT OUTER JOIN (
    SELECT
      "t4"."_record",
      COUNT(*) AS "_rows_of_members",
      CASE
        WHEN BOOL_OR(CAST(COALESCE("t4"."_rolled_has_woman_held", FALSE) AS BOOLEAN))
        THEN '1'
        WHEN BOOL_OR(CAST("t4"."_rolled_has_woman_held" IS NULL AS BOOLEAN))
        THEN CAST(NULL AS TEXT)
        ELSE '0'
      END AS "_rolled_has_woman",
      CASE
        WHEN BOOL_OR(CAST("t4"."_rolled_women_held" IS NULL AS BOOLEAN))
        THEN CAST(NULL AS DOUBLE)
        ELSE CAST(SUM(CAST(COALESCE("t4"."_rolled_women_held", FALSE) AS INT)) AS DOUBLE)
      END AS "_rolled_women"
    FROM (
      SELECT
        "t1"."_record",
        "t1"."sex" IN ('f')
        AND NULLIF(
          NULLIF(
            NULLIF(
              TRY_CAST(REGEXP_EXTRACT(
                "t1"."age",
                '^[ \t\r\n]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\r\n]*$'
              ) AS DOUBLE),
              CAST('inf' AS DOUBLE)
            ),
            CAST('-inf' AS DOUBLE)
          ),
          CAST('nan' AS DOUBLE)
        ) BETWEEN 15 AND 49 AS "_rolled_has_woman_held",
        (
          "t1"."age" IS NOT NULL
        )
        AND (
          "t1"."sex" IN ('f')
          AND NULLIF(
            NULLIF(
              NULLIF(
                TRY_CAST(REGEXP_EXTRACT(
                  "t1"."age",
                  '^[ \t\r\n]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\r\n]*$'
                ) AS DOUBLE),
                CAST('inf' AS DOUBLE)
              ),
              CAST('-inf' AS DOUBLE)
            ),
            CAST('nan' AS DOUBLE)
          ) BETWEEN 15 AND 49
        ) AS "_rolled_women_held"
      FROM "members" AS "t1"
    ) AS "t4"
    GROUP BY
      1
  ) AS "t6"
    ON "t3"."_record" = "t6"."_record"
) AS "t7"
ORDER BY
  "t7"."_row" ASC
