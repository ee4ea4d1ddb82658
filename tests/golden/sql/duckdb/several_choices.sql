SELECT
  COALESCE("t0"."_record", -1) AS "record",
  "t0"."_row" AS "row",
  COALESCE(
    CAST(CONTAINS(' ' || "t0"."needs" || ' ', ' food ')
    OR CONTAINS(' ' || "t0"."needs" || ' ', ' water ') AS DOUBLE),
    CAST('nan' AS DOUBLE)
  ) AS "y0"
FROM "main" AS "t0"
ORDER BY
  "t0"."_row" ASC
