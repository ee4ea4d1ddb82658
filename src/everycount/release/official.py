"""What a number and an official figure are not agreed in: before they stand on one axis, they must be alike.

Two figures may be compared where they are of the same concept, the same population, the same place and the
same time (European Statistics Code of Practice 2017, principle 14, coherence and comparability; the SDMX
content-oriented guidelines of 2009 call the same "comparability over time and space"). Whether words mean the
same no program can tell: whoever planned the release says so, and where nobody did, that is a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from everycount.sample.design import Scope

if TYPE_CHECKING:
    from everycount.estimate.plan import Benchmark
    from everycount.protect.cells import Cell
    from everycount.release.model import SurveyFacts


class Aspect(StrEnum):
    """In what a number and an official figure are not, or not known to be, alike."""

    CONCEPT = "concept"
    CONCEPT_UNSAID = "concept_unsaid"
    RESPONDENTS = "respondents"
    GROUP = "group"
    POPULATION = "population"
    POPULATION_UNSAID = "population_unsaid"
    PLACE = "place"
    PLACE_UNSAID = "place_unsaid"
    PERIOD = "period"
    PERIOD_UNSAID = "period_unsaid"


class Side(StrEnum):
    """What two figures are compared by before they are compared."""

    CONCEPT = "concept"
    POPULATION = "population"
    PLACE = "place"
    PERIOD = "period"


class Standing(StrEnum):
    """Where an official figure lies that may be compared: inside the interval, or the number is beyond it."""

    INSIDE = "inside"
    HIGHER = "higher"
    LOWER = "lower"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Unlike:
    """One difference, and what is said of the official figure: its definition, its people, place or time."""

    kind: Aspect
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number and an official figure, side by side: each of the four sides is alike or has a reason.

    Attributes:
        alike: in what they agree.
        unlike: in what they do not, or are not known to, with the reason; by side, in the same order.
    """

    alike: tuple[Side, ...]
    unlike: tuple[tuple[Side, Unlike], ...]

    @property
    def may_share_an_axis(self) -> bool:
        """All four are alike."""
        return not self.unlike


def compared(figure: Benchmark, cell: Cell, survey: SurveyFacts) -> Comparison:
    """In what an official figure and a number agree, and in what they do not.

    Args:
        figure: the official figure with what is known of it.
        cell: the number.
        survey: when and where its people were asked.
    """
    found = {
        Side.CONCEPT: _concept(figure),
        Side.POPULATION: _population(figure, cell),
        Side.PLACE: _place(figure, survey),
        Side.PERIOD: _period(figure, survey),
    }
    unlike = tuple((side, reason) for side, reason in found.items() if reason is not None)
    return Comparison(tuple(side for side, reason in found.items() if reason is None), unlike)


def differences(figure: Benchmark, cell: Cell, survey: SurveyFacts) -> tuple[Unlike, ...]:
    """Why the official figure may not stand on one axis with a number; nothing where it may.

    Args:
        figure: the official figure with what is known of it.
        cell: the number.
        survey: when and where its people were asked.
    """
    return tuple(reason for _, reason in compared(figure, cell, survey).unlike)


def standing(figure: Benchmark, cell: Cell) -> Standing:
    """How a shown number lies to a figure that it may be compared with, whose own error is not known."""
    if cell.ci_low is None or cell.ci_high is None:
        return Standing.UNKNOWN
    if cell.ci_low > figure.value:
        return Standing.HIGHER
    return Standing.LOWER if cell.ci_high < figure.value else Standing.INSIDE


def _concept(figure: Benchmark) -> Unlike | None:
    if figure.same_concept:
        return None
    kind = Aspect.CONCEPT if figure.concept else Aspect.CONCEPT_UNSAID
    return Unlike(kind, figure.concept)


def _population(figure: Benchmark, cell: Cell) -> Unlike | None:
    if cell.scope is Scope.RESPONDENTS:
        return Unlike(Aspect.RESPONDENTS, figure.population)
    if cell.cell:
        return Unlike(Aspect.GROUP, figure.population)
    if figure.same_population:
        return None
    kind = Aspect.POPULATION if figure.population else Aspect.POPULATION_UNSAID
    return Unlike(kind, figure.population)


def _place(figure: Benchmark, survey: SurveyFacts) -> Unlike | None:
    if figure.area == survey.area:
        return None
    kind = Aspect.PLACE if figure.area else Aspect.PLACE_UNSAID
    return Unlike(kind, figure.area)


def _period(figure: Benchmark, survey: SurveyFacts) -> Unlike | None:
    if not figure.period:
        return Unlike(Aspect.PERIOD_UNSAID)
    (begins, ends), (first, last) = _span(figure.period), _span(survey.period)
    return None if begins <= last and first <= ends else Unlike(Aspect.PERIOD, figure.period)


def _span(period: str) -> tuple[str, str]:
    """First and last day as texts that sort; a month or year is all of its days."""
    first, _, last = period.partition("/")
    return f"{first}-00-00"[:10], f"{last or first}-99-99"[:10]
