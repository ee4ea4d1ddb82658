"""The components of our data structure: the SDG's dimensions in their order, and what citizen data add."""

from __future__ import annotations

from dataclasses import dataclass

from everycount.estimate.estimates import Verdict
from everycount.estimate.plan import MeasureKind
from everycount.protect.cells import Status
from everycount.sample.design import Basis, Scope
from everycount.text import NOTHING, Text

AGENCY = "EVERYCOUNT"
VERSION = "1.0"
SDG_AGENCY = "IAEG-SDGs"
TOTAL = "_T"
CUSTOM = "CUST_BREAKDOWN"

# Dimensions that the release itself fills; no breakdown may claim them.
FILLED = ("FREQ", "REPORTING_TYPE", "SERIES", "TIME_PERIOD")


@dataclass(frozen=True, slots=True)
class SdmxCode:
    """One entry of a code list."""

    id: str
    labels: Text
    about: Text = NOTHING


@dataclass(frozen=True, slots=True)
class SdmxList:
    """A code list of the structure file; a partial one belongs to somebody else and holds what is used."""

    id: str
    agency: str
    version: str
    title: str
    codes: tuple[SdmxCode, ...]
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of ours or of the SDG data structure.

    Attributes:
        id: as in the files.
        name: for people.
        form: id of its code list, or the text type of SDMX (``Double``, ``Integer``, ``String``).
        mandatory: has a value at every observation.
        ours: defined here, not by the SDG data structure.
    """

    id: str
    name: str
    form: str
    mandatory: bool = False
    ours: bool = True


# One value for each observation.
OBSERVED = (
    Attribute("OBS_STATUS", "Observation status", "CL_OBS_STATUS", mandatory=True, ours=False),
    Attribute("CELL_STATUS", "Why a value is shown or not", "CL_CELL_STATUS", mandatory=True),
    Attribute("BASIS", "What the interval rests on", "CL_BASIS", mandatory=True),
    Attribute("SCOPE", "Whom the value speaks about", "CL_SCOPE", mandatory=True),
    Attribute("VERDICT", "What the value is good for", "CL_VERDICT"),
    Attribute("STD_ERR", "Standard error", "Double"),
    Attribute("CI_LOWER", "Lower end of the confidence interval", "Double"),
    Attribute("CI_UPPER", "Upper end of the confidence interval", "Double"),
    Attribute("CI_LEVEL", "Confidence level, 0-1", "Double"),
    Attribute("CI_METHOD", "Method of the confidence interval", "String"),
    Attribute("DEG_FREEDOM", "Degrees of freedom", "Integer"),
    Attribute("N_RESPONDENTS", "Respondents", "Integer"),
    Attribute("N_EFFECTIVE", "Effective sample size", "Double"),
    Attribute("DESIGN_EFFECT", "Design effect", "Double"),
    Attribute("COEF_VARIATION", "Coefficient of variation", "Double"),
    Attribute("N_NEEDED", "Respondents that would suffice", "Integer"),
    Attribute("COMMENT_OBS", "Observation comment", "String", ours=False),
)
# One value for each series.
BY_SERIES = (
    Attribute("UNIT_MEASURE", "Unit of measure", "CL_UNIT_MEASURE", mandatory=True, ours=False),
    Attribute("UNIT_MULT", "Unit multiplier", "CL_UNIT_MULT", mandatory=True, ours=False),
    Attribute("NATURE", "Nature of data points", "CL_NATURE", ours=False),
    Attribute("MEASURE_KIND", "What is estimated", "CL_MEASURE_KIND", mandatory=True),
    Attribute("SDG_INDICATOR", "SDG indicator that the series is linked to", "String"),
    Attribute("SDG_RELATION", "How the series stands to the SDG indicator", "CL_SDG_RELATION"),
)
# One value for each series about whose use somebody decided; only in the files that stand beside a release.
BY_DECISION = (
    Attribute("USE_DECISION", "What a statistical office decided to use the series for", "CL_USE_DECISION"),
    Attribute("USE_DECISION_BY", "Office that decided", "String"),
    Attribute("USE_DECISION_DATE", "Day of the decision", "String"),
    Attribute("USE_DECISION_UNTIL", "Last day on which the decision holds", "String"),
    Attribute("USE_REASON", "Reason of the decision", "String"),
    Attribute("USE_CONDITIONS", "Conditions of the decision", "String"),
    Attribute("USE_REPLY", "What those who made the data say to it", "String"),
    Attribute("USE_APPEAL", "What was asked to be looked at again, and the answer", "String"),
    Attribute("USE_DECISION_REF", "Where the decision stands for good; of several all", "String"),
)
# One value for the whole file.
BY_DATASET = (
    Attribute("PRODUCER_TYPE", "Who produced the data", "CL_PRODUCER_TYPE", mandatory=True),
    Attribute("RELEASE_DIGEST", "Digest of the release", "String", mandatory=True),
)
ATTRIBUTES = (*OBSERVED, *BY_SERIES, *BY_DATASET)
CITIZEN, NATIONAL = "C", "N"  # REPORTING_TYPE; N is the SDG list's code for what an office reports


def own_list(name: str, title: str, codes: dict[str, str]) -> SdmxList:
    """A code list of ours with English names."""
    entries = tuple(SdmxCode(code, Text.of(label, "en")) for code, label in codes.items())
    return SdmxList(name, AGENCY, VERSION, title, entries)


# The words of our own code lists; their codes are those of cells.csv.
OWN_LISTS = (
    own_list("CL_REPORTING_TYPE", "Reporting type", {"C": "Citizen data, reported by those who made them"}),
    own_list(
        "CL_PRODUCER_TYPE",
        "Producer type",
        {
            "CITIZENS": "Citizens, communities and their organisations",
            "INVENTED": "Nobody: people and answers are invented to show how the software works",
        },
    ),
    own_list(
        "CL_CELL_STATUS",
        "Status of a cell",
        {
            Status.SHOWN: "Shown",
            Status.SUPPRESSED_SMALL: "Hidden: too few respondents",
            Status.SUPPRESSED_COMPLEMENTARY: "Hidden: would give back another hidden value",
            Status.SUPPRESSED_UNRELIABLE: "Hidden: too unsure",
            Status.NO_ANSWERS: "Nobody answered",
            Status.WITHHELD_BY_COMMUNITY: "Withheld by the community",
        },
    ),
    own_list(
        "CL_BASIS",
        "Basis of an interval",
        {
            Basis.DESIGN: "Probability design",
            Basis.MODEL: "Model, named in the comment",
            Basis.NONE: "None, so no interval is given",
        },
    ),
    own_list(
        "CL_SCOPE",
        "Scope of a value",
        {
            Scope.RESPONDENTS: "The respondents only",
            Scope.PLACE: "Everybody in a place",
            Scope.GROUP_IN_PLACE: "A group in a place",
            Scope.POPULATION: "The population",
        },
    ),
    own_list(
        "CL_VERDICT",
        "Verdict on a value",
        {
            Verdict.PUBLISH: "Good to publish",
            Verdict.CAUTION: "Use with caution",
            Verdict.SUPPRESS: "Too unsure to rely on",
            Verdict.COLLECT_MORE: "Collect more answers",
        },
    ),
    own_list(
        "CL_MEASURE_KIND",
        "Kind of measure",
        {
            MeasureKind.PROPORTION: "Proportion",
            MeasureKind.MEAN: "Mean",
            MeasureKind.TOTAL: "Total",
            MeasureKind.COUNT: "Count",
            MeasureKind.RATIO: "Ratio",
            MeasureKind.MEDIAN: "Median",
            MeasureKind.QUANTILE: "Quantile",
            MeasureKind.AT_RISK_OF_POVERTY: "Share below a part of the median of everybody",
            MeasureKind.POVERTY_THRESHOLD: "Part of the median",
            MeasureKind.GINI: "Gini coefficient",
            MeasureKind.QUINTILE_SHARE: "Share of the top fifth over that of the bottom fifth",
        },
    ),
    own_list(
        "CL_SDG_RELATION",
        "Relation to an SDG indicator",
        {
            "measures": "Measures the indicator",
            "proxy": "Stands in for the indicator",
            "context": "Gives context to the indicator",
        },
    ),
)
