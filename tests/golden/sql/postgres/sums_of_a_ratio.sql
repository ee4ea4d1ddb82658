SELECT
  "t7"."_stratum",
  "t7"."_cluster_1",
  SUM("t7"."_weight") AS "weight",
  COALESCE(
    SUM(
      CASE
        WHEN (
          "t7"."y0" IS NOT NULL
        )
        AND (
          "t7"."x0" IS NOT NULL
        )
        AND (
          "t7"."inside0" = 1
        )
        THEN "t7"."_weight" * "t7"."y0"
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ),
    CAST('0.0' AS DOUBLE PRECISION)
  ) AS "wy0",
  COALESCE(
    SUM(
      CASE
        WHEN (
          "t7"."y0" IS NOT NULL
        )
        AND (
          "t7"."x0" IS NOT NULL
        )
        AND (
          "t7"."inside0" = 1
        )
        THEN "t7"."_weight" * "t7"."x0"
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ),
    CAST('0.0' AS DOUBLE PRECISION)
  ) AS "wx0",
  COALESCE(
    SUM(
      CASE
        WHEN (
          "t7"."y0" IS NOT NULL
        )
        AND (
          "t7"."x0" IS NOT NULL
        )
        AND (
          "t7"."inside0" = 1
        )
        THEN CAST('1.0' AS DOUBLE PRECISION)
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ),
    CAST('0.0' AS DOUBLE PRECISION)
  ) AS "n0",
  COALESCE(
    SUM(
      CASE
        WHEN (
          "t7"."y0" IS NOT NULL
        )
        AND (
          "t7"."x0" IS NOT NULL
        )
        AND (
          "t7"."inside0" = 1
        )
        THEN "t7"."_weight"
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ),
    CAST('0.0' AS DOUBLE PRECISION)
  ) AS "w0",
  COALESCE(
    SUM(
      CASE
        WHEN (
          "t7"."y0" IS NOT NULL
        )
        AND (
          "t7"."x0" IS NOT NULL
        )
        AND (
          "t7"."inside0" = 1
        )
        AND (
          "t7"."y0" <> CAST('0.0' AS DOUBLE PRECISION)
        )
        THEN CAST('1.0' AS DOUBLE PRECISION)
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ),
    CAST('0.0' AS DOUBLE PRECISION)
  ) AS "events0",
  COALESCE(
    SUM(
      CASE
        WHEN (
          "t7"."inside0" = 1
        )
        AND NOT (
          (
            "t7"."y0" IS NOT NULL
          ) AND (
            "t7"."x0" IS NOT NULL
          )
        )
        THEN CAST('1.0' AS DOUBLE PRECISION)
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ),
    CAST('0.0' AS DOUBLE PRECISION)
  ) AS "missing0",
  COALESCE(
    SUM(
      CASE
        WHEN (
          "t7"."y0" IS NOT NULL
        )
        AND (
          "t7"."x0" IS NOT NULL
        )
        AND NOT (
          "t7"."inside0" = 1
        )
        THEN CAST('1.0' AS DOUBLE PRECISION)
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ),
    CAST('0.0' AS DOUBLE PRECISION)
  ) AS "outside0",
  COALESCE(
    SUM(
      CASE
        WHEN (
          "t7"."y0" IS NOT NULL
        )
        AND (
          "t7"."x0" IS NOT NULL
        )
        AND (
          "t7"."inside0" = 1
        )
        THEN "t7"."_weight" * "t7"."_weight"
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ),
    CAST('0.0' AS DOUBLE PRECISION)
  ) AS "ww0",
  COALESCE(
    SUM(
      CASE
        WHEN (
          "t7"."y0" IS NOT NULL
        )
        AND (
          "t7"."x0" IS NOT NULL
        )
        AND (
          "t7"."inside0" = 1
        )
        THEN "t7"."_weight" * (
          "t7"."y0" - (
            CAST('0.25' AS DOUBLE PRECISION) * "t7"."x0"
          )
        ) * (
          "t7"."y0" - (
            CAST('0.25' AS DOUBLE PRECISION) * "t7"."x0"
          )
        )
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ),
    CAST('0.0' AS DOUBLE PRECISION)
  ) AS "ee0",
  COALESCE(
    SUM(
      CASE
        WHEN (
          "t7"."y0" IS NOT NULL
        )
        AND (
          "t7"."x0" IS NOT NULL
        )
        AND (
          "t7"."inside0" = 1
        )
        THEN "t7"."_weight" * (
          "t7"."y0" - (
            CAST('0.25' AS DOUBLE PRECISION) * "t7"."x0"
          )
        ) * "t7"."x0"
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ),
    CAST('0.0' AS DOUBLE PRECISION)
  ) AS "ex0",
  COALESCE(
    SUM(
      CASE
        WHEN (
          "t7"."y0" IS NOT NULL
        )
        AND (
          "t7"."x0" IS NOT NULL
        )
        AND (
          "t7"."inside0" = 1
        )
        THEN "t7"."_weight" * "t7"."x0" * "t7"."x0"
        ELSE CAST(NULL AS DOUBLE PRECISION)
      END
    ),
    CAST('0.0' AS DOUBLE PRECISION)
  ) AS "xx0"
FROM (
  SELECT
    NULLIF("t6"."y0", CAST('NaN' AS DOUBLE PRECISION)) AS "y0",
    NULLIF("t6"."x0", CAST('NaN' AS DOUBLE PRECISION)) AS "x0",
    "t6"."inside0",
    "t6"."_weight",
    "t6"."_stratum",
    "t6"."_cluster_1"
  FROM (
    SELECT
      "t5"."record",
      "t5"."row",
      "t5"."y0",
      "t5"."x0",
      "t5"."inside0",
      "t3"."_id",
      "t3"."_weight",
      "t3"."_stratum",
      "t3"."_cluster_1"
    FROM (
      SELECT
        COALESCE("t0"."_record", -1) AS "record",
        "t0"."_row" AS "row",
        COALESCE(
          NULLIF(
            NULLIF(
              NULLIF("t0"."income", CAST('Inf' AS DOUBLE PRECISION)),
              -CAST('Inf' AS DOUBLE PRECISION)
            ),
            CAST('NaN' AS DOUBLE PRECISION)
          ),
          CAST('NaN' AS DOUBLE PRECISION)
        ) AS "y0",
        COALESCE(CAST("t0"."size" AS DOUBLE PRECISION), CAST('NaN' AS DOUBLE PRECISION)) AS "x0",
        CAST(CAST(COALESCE("t0"."source" IN ('tap'), FALSE) AS INT) AS SMALLINT) AS "inside0"
      FROM "main" AS "t0"
    ) AS "t5"
    INNER JOIN (
      SELECT
        "t1"."_record" AS "_id",
        "t1"."_weight",
        "t1"."_stratum",
        "t1"."_cluster_1"
      FROM "design" AS "t1"
    ) AS "t3"
      ON "t5"."record" = "t3"."_id"
  ) AS "t6"
) AS "t7"
GROUP BY
  1,
  2
