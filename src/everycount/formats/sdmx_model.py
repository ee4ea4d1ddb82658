"""A release in the terms of SDMX, made and checked once, before any of the files is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycount import framework
from everycount.estimate.plan import PURE, MeasureKind
from everycount.formats.sdmx_keys import Keys, keys_of, partial
from everycount.formats.sdmx_names import artefact_id, code_id
from everycount.formats.sdmx_parts import (
    AGENCY,
    ATTRIBUTES,
    BY_DATASET,
    BY_DECISION,
    BY_SERIES,
    CITIZEN,
    NATIONAL,
    OBSERVED,
    OWN_LISTS,
    VERSION,
    Attribute,
    SdmxCode,
    SdmxList,
    own_list,
)
from everycount.formats.sdmx_period import Period, period_of
from everycount.protect.cells import Status
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from everycount.estimate.estimates import CellKey
    from everycount.framework import UseDecision
    from everycount.release import MeasureFacts, Release

# OBS_STATUS by CL_OBS_STATUS 2.1 of SDMX: Q is "missing value; suppressed", given there for confidentiality;
# O is the missing value whose reason stands elsewhere, here in CELL_STATUS (nobody answered). M ("cannot
# exist") and L ("not collected") would say more than is known.
OBS_STATUS = dict.fromkeys(Status, "Q") | {Status.SHOWN: "A", Status.NO_ANSWERS: "O"}
UNSURE = "U"  # "low reliability": a shown value whose verdict is not to publish it without a word of caution

_UNITS = {
    MeasureKind.PROPORTION: SdmxCode("PROPORTION", Text.of("Proportion, from 0 to 1", "en")),
    MeasureKind.AT_RISK_OF_POVERTY: SdmxCode("PROPORTION", Text.of("Proportion, from 0 to 1", "en")),
    MeasureKind.RATIO: SdmxCode("RATIO", Text.of("Ratio", "en")),
    MeasureKind.QUINTILE_SHARE: SdmxCode("RATIO", Text.of("Ratio", "en")),
    MeasureKind.GINI: SdmxCode("INDEX", Text.of("Index, from 0 to 1", "en")),
}
_NUMBER = SdmxCode("NUMBER", Text.of("Number", "en"))


@dataclass(frozen=True, slots=True)
class Description:
    """What the three files share.

    Attributes:
        release: what is described.
        structure: id of the data structure; version and agency are ours.
        dataflow: id of the dataflow.
        period: when.
        keys: where each cell stands.
        series: SERIES code by measure id.
        units: UNIT_MEASURE code by measure id.
        lists: code list by dimension or attribute.
        revised: the cells that say something else than in the release before.
        decided: decisions that hold about the use of each measure, the newest first; empty in the files of
            the release itself, which no decision changes.
    """

    release: Release
    structure: str
    dataflow: str
    period: Period
    keys: Keys
    series: dict[str, str]
    units: dict[str, str]
    lists: dict[str, SdmxList]
    revised: frozenset[tuple[str, CellKey]] = frozenset()
    decided: Mapping[str, tuple[UseDecision, ...]] = field(default_factory=dict)

    @property
    def by_series(self) -> tuple[Attribute, ...]:
        """Attributes with one value for each series."""
        return (*BY_SERIES, *BY_DECISION) if self.decided else BY_SERIES

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """All of them."""
        return (*OBSERVED, *self.by_series, *BY_DATASET)

    def reporting(self, measure: str) -> str:
        """REPORTING_TYPE of a measure: national only where an office endorsed it as its own."""
        return NATIONAL if any(each.endorsed for each in self.decided.get(measure, ())) else CITIZEN


def describe(
    release: Release,
    revised: frozenset[tuple[str, CellKey]] = frozenset(),
    decisions: Sequence[UseDecision] = (),
) -> Description:
    """The release in the terms of SDMX.

    Raises:
        InputError: it cannot be said without loss: an unknown SDG dimension or code, two cells at one place,
            or a period that SDMX cannot write.
    """
    survey = artefact_id(release.survey.id)
    keys, period = keys_of(release), period_of(release.survey.period)
    units = {measure.id: _unit(measure, release.survey.languages[0]) for measure in release.measures}
    unit_codes = tuple({unit.id: unit for unit in units.values()}.values())
    lists = {
        "FREQ": partial("FREQ", (period.freq,)),
        "SERIES": SdmxList(
            f"CL_SERIES_{survey}", AGENCY, VERSION, "Measures of the survey", _series(release)
        ),
        **keys.lists,
        "OBS_STATUS": partial("OBS_STATUS", ("A", UNSURE, "O", "Q")),
        "UNIT_MEASURE": SdmxList(
            f"CL_UNIT_MEASURE_{survey}", AGENCY, VERSION, "Units of the survey", unit_codes
        ),
        "UNIT_MULT": partial("UNIT_MULT", ("0",)),
        "NATURE": partial("NATURE", ("_X",)),
    }
    own = {made.id: made for made in OWN_LISTS}
    lists["REPORTING_TYPE"] = own["CL_REPORTING_TYPE"]
    lists |= {part.id: own[part.form] for part in ATTRIBUTES if part.form in own}
    decided = _decided(release, decisions)
    if decided:
        lists |= _lists_of_decisions()
    # Other attributes are another structure: it has its own name, so that no reader takes one for the other.
    beside = "_DECIDED" if decided else ""
    return Description(
        release,
        f"CITIZEN_DATA_{survey}{beside}",
        f"DF_{survey}{beside}",
        period,
        keys,
        {measure.id: code_id(measure.id) for measure in release.measures},
        {name: unit.id for name, unit in units.items()},
        lists,
        revised,
        decided,
    )


def _decided(release: Release, decisions: Sequence[UseDecision]) -> dict[str, tuple[UseDecision, ...]]:
    """By measure, the newest first; one about the whole release is about each of its measures."""
    newest = sorted(decisions, key=lambda each: each.decided, reverse=True)
    found = {
        measure.id: tuple(each for each in newest if each.measure in ("", measure.id))
        for measure in release.measures
    }
    return {name: rows for name, rows in found.items() if rows}


def _lists_of_decisions() -> dict[str, SdmxList]:
    codes = {each.id: each.name.say("en") for each in framework.model().outcomes}
    reporting = {
        CITIZEN: "Citizen data, reported by those who made them",
        NATIONAL: "National: a statistical office reports it as its own, as USE_DECISION_REF says",
    }
    return {
        "USE_DECISION": own_list("CL_USE_DECISION", "Use that was decided", codes),
        "REPORTING_TYPE": own_list("CL_REPORTING_TYPE_DECIDED", "Reporting type", reporting),
    }


def _series(release: Release) -> tuple[SdmxCode, ...]:
    """The measures by name, with the question as it was asked."""
    return tuple(
        SdmxCode(code_id(measure.id), measure.labels or Text.of(measure.id), measure.wording)
        for measure in release.measures
    )


def _unit(measure: MeasureFacts, language: str) -> SdmxCode:
    """The unit of OBS_VALUE. Shares stay 0-1, as on every page: a percentage would be another number."""
    if measure.number and measure.kind not in PURE | {MeasureKind.COUNT}:
        return SdmxCode(code_id(measure.number), Text.of(measure.number, language))
    return _UNITS.get(measure.kind, _NUMBER)
