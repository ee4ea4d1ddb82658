"""What a release says of itself, in the plain English that descriptions for machines carry."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.estimate.plan import PURE, SHARES, MeasureKind
from everycount.faults import InputError
from everycount.formats.sdmx_period import period_of
from everycount.sample.design import Basis, Scope
from everycount.text import Text

if TYPE_CHECKING:
    from everycount.release import DesignFacts, MeasureFacts, Release

CITIZEN_DATA = (
    "These are citizen data, made by citizens, communities or their organisations; "
    "they are not official statistics."
)
INVENTED = "The people and answers are invented, and the numbers say nothing about anyone."
SCOPES = {
    Scope.RESPONDENTS: "The values speak about the respondents only.",
    Scope.PLACE: "The values speak about the place that was listed in full.",
    Scope.GROUP_IN_PLACE: "The values speak about a group in a place, under a model.",
    Scope.POPULATION: "The values speak about the population that the sample was drawn from.",
}
_BASES = {
    Basis.DESIGN: "Intervals rest on a probability design.",
    Basis.MODEL: "Intervals rest on a model, which the notes name.",
    Basis.NONE: "Respondents were not drawn by chance, so no interval is given.",
}


def basis_in_words(design: DesignFacts) -> str:
    """What the intervals of a release rest on, or why it has none."""
    if design.basis is Basis.NONE and design.scope is Scope.PLACE:
        return "Everybody of the place was asked, so no interval is given."
    return _BASES[design.basis]


def cautions(release: Release) -> str:
    """Who made the numbers, whom they speak about and what their intervals rest on, in sentences."""
    design = release.design
    said = [CITIZEN_DATA, SCOPES[design.scope], basis_in_words(design)]
    return " ".join([INVENTED, *said] if release.survey.invented else said)


def description(release: Release) -> str:
    """What the survey says of itself, if anything, and what must be known before its numbers are used."""
    about = str(release.survey.about) or f"Results of the survey “{release.survey.title}”."
    return f"{about} {cautions(release)}"


def area_names(release: Release) -> Text:
    """What the area of the survey is called; its code where no list of areas has it."""
    try:
        return catalogue.area(release.survey.area).names
    except InputError:  # a code of another area list, such as a state
        return Text.of(release.survey.area)


def earliest_day(release: Release) -> dt.date:
    """The first day on which the release can have been published.

    A release carries no clock. It cannot be older than the last day of its fieldwork, nor than the decision
    on what may be shown.

    Raises:
        InputError: the period is not one.
    """
    last = period_of(release.survey.period).last
    try:
        return max(last, dt.date.fromisoformat(release.cells.policy.since))
    except ValueError:  # nobody said, or only in a word
        return last


def software(release: Release) -> tuple[str, str]:
    """Name and version of what made the release."""
    name, _, version = release.provenance.software.partition(" ")
    return name, version


def technique(release: Release) -> str:
    """How respondents were found, in a word or two."""
    return f"Survey: {release.design.kind.replace('_', ' ')}"


def unit_of(measure: MeasureFacts) -> str:
    """In what the values of a measure are counted."""
    if measure.kind in SHARES:
        return "proportion, from 0 to 1"
    if measure.kind in PURE:
        return "index, from 0 to 1" if measure.kind is MeasureKind.GINI else "ratio"
    return measure.unit if measure.kind is MeasureKind.COUNT else measure.number
