"""Which reference statistics of poverty and inequality are compared, and which wait and why.

Keys are the part of a case's id that names the statistic: ``arpr60`` of ``laeken.arpr60.db040``.
"""

from __future__ import annotations

COVERED: dict[str, str] = {
    "laeken.gini": "Gini coefficient, overall and by region and sex",
    "laeken.qsr": "quintile share S80 / S20, the same",
    "laeken.arpr": "at risk of poverty below 60 % of the median, the same, and the line",
    "laeken.arpr40": "the same below 40 %",
    "laeken.arpr50": "the same below 50 %",
    "laeken.arpr60": "the same below 60 %",
    "laeken.arpr70": "the same below 70 %",
    "laeken.arpt": "the line itself",
    "laeken.median": "the median",
    "laeken.quantiles": "nine quantiles (rule hf2)",
    "arpr.region_sex": "at risk of poverty by region and sex, and respondents",
    "convey.svygini": "error: convey's influence in our design to 1e-8, our own near it (see below)",
    "convey.svyarpr": "at risk of poverty, its error and degrees of freedom; clusters persons and households",
    "convey.svyarpt": "the line, overall and each region's own, the same",
    "convey.svyqsr": "quintile share, the same",
    "convey.svyfgt0": "headcount below the line of everybody, and (as a proportion) below 10,000",
}

GAPS = "poverty gaps are not a kind of measure"
OTHERS = "not a kind of measure; the Gini coefficient and the quintile share are"

WAITING: dict[str, str] = {
    "laeken.rmpg": GAPS,
    "convey.svyrmpg": GAPS,
    "convey.svypoormed": "the median of those below the line is not a kind of measure",
    "convey.svyfgt1": GAPS,
    "convey.svyfgt2": GAPS,
    "convey.svygei0": OTHERS,
    "convey.svygei1": OTHERS,
    "convey.svygei2": OTHERS,
    "convey.svyatk1": OTHERS,
    "convey.lorenz": OTHERS,
}

NOTE = (
    "convey's Gini coefficient (26.4965) is another estimate than laeken's (26.4896), which is ours: it",
    "counts every person's own weight once more and takes 1 away, so it moves with the unit of the weights.",
    "Its error is made again from its own influence in our design, to 1e-8. The error of our value differs",
    "from it by less than 1e-4 overall, and by as many times more in a group as the group is smaller.",
)


def statistic_of(case: str) -> str:
    """The statistic that a case's id names, whatever the clusters and the breakdown."""
    first, *rest = case.split(".")
    if first == "convey":
        return f"{first}.{rest[1]}"
    return f"{first}.{rest[0]}"
