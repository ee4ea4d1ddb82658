"""A release in the terms of SDMX, made and checked once, before any of the files is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.estimate.plan import PURE, MeasureKind
from everycount.formats.sdmx_keys import Keys, keys_of, partial
from everycount.formats.sdmx_names import artefact_id, code_id
from everycount.formats.sdmx_parts import AGENCY, ATTRIBUTES, OWN_LISTS, VERSION, SdmxCode, SdmxList
from everycount.formats.sdmx_period import Period, period_of
from everycount.protect.cells import Status
from everycount.text import Text

if TYPE_CHECKING:
    from everycount.estimate.estimates import CellKey
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


def describe(release: Release, revised: frozenset[tuple[str, CellKey]] = frozenset()) -> Description:
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
    return Description(
        release,
        f"CITIZEN_DATA_{survey}",
        f"DF_{survey}",
        period,
        keys,
        {measure.id: code_id(measure.id) for measure in release.measures},
        {name: unit.id for name, unit in units.items()},
        lists,
        revised,
    )


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
