SELECT
  COALESCE("t6"."_record", -1) AS "record",
  "t6"."_row" AS "row",
  "t6"."region" AS "by0",
  COALESCE(CAST("t6"."woman" IN ('1') AS DOUBLE), CAST('nan' AS DOUBLE)) AS "y0"
FROM (
  SELECT
    "t5"."_record",
    "t5"."_row",
    "t5"."sex",
    "t5"."age",
    "t5"."woman",
    "t3"."region"
  FROM (
    SELECT
      "t0"."_record",
      "t0"."_row",
      "t0"."sex",
      "t0"."age",
      CASE
        WHEN "t0"."sex" IN ('f')
        AND NULLIF(
          NULLIF(
            NULLIF(
              TRY_CAST(REGEXP_EXTRACT(
                "t0"."age",
                '^[ \t\r\n]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\r\n]*$'
              ) AS DOUBLE),
              CAST('inf' AS DOUBLE)
            ),
            CAST('-inf' AS DOUBLE)
          ),
          CAST('nan' AS DOUBLE)
        ) BETWEEN 15 AND 49
        THEN '1'
        ELSE '0'
      END AS "woman"
    FROM "members" AS "t0"
  ) AS "t5"
  LEFT OUTER JOIN (
    SELECT
      "t1"."_record",
      "t1"."region"
    FROM "main" AS "t1"
  ) AS "t3"
    ON "t5"."_record" = "t3"."_record"
) AS "t6"
ORDER BY
  "t6"."_row" ASC
