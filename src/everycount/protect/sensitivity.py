"""Which groups need more protection than others, as the catalogue of groups left behind knows it.

A survey links a group to one of the catalogue, or it is recognised by its code, its name or the name of its
dimension. The survey may always ask for more protection. Less it may have only for a reason that is printed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.catalogue.left_behind import SENSITIVE
from everycount.estimate.condition import questions
from everycount.estimate.origins import roots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.catalogue import PopulationGroup
    from everycount.estimate.estimates import Estimates
    from everycount.estimate.plan import Dimension, Measure, Plan

WHOLE = ""  # stands for the dimension itself where no group of it is meant alone


class Found(StrEnum):
    """How a group came to be known as one of the catalogue."""

    LINKED = "linked"  # the survey says so
    RECOGNISED = "recognised"  # by its code or name


@dataclass(frozen=True, slots=True)
class Guard:
    """A group that the catalogue protects, or would.

    Attributes:
        code: the group, "" for the whole dimension.
        group: id of the catalogue's group.
        sensitivity: its level, 2 or 3 from which on more respondents are needed.
        do_not_map: no map shows where it lives.
        found: how it was found.
        lowered: why the survey protects it less, in its own words; "" where it does not.
    """

    code: str
    group: str
    sensitivity: int
    do_not_map: bool
    found: Found
    lowered: str


def guards(dimension: Dimension) -> tuple[Guard, ...]:
    """The groups of a dimension that the catalogue knows as sensitive, one at most for each."""
    return tuple(_guards(dimension))


def guarded(estimates: Estimates) -> Estimates:
    """The same estimates with dimensions as sensitive as the catalogue has their groups."""
    plan = estimates.plan
    raised = tuple(_raised(dimension) for dimension in plan.dimensions)
    return (
        replace(estimates, plan=replace(plan, dimensions=raised)) if raised != plan.dimensions else estimates
    )


def not_mapped(measure: Measure, plan: Plan) -> bool:
    """The measure says who belongs to a group that no map shows: "share of sex workers, by district"."""
    looked_at = [name for one in (measure.condition, measure.among) if one for name in questions(one)]
    asked = roots(looked_at, plan)
    return any(asked & roots((one.question,), plan) for one in plan.dimensions if one.do_not_map)


def _guards(dimension: Dimension) -> Iterator[Guard]:
    linked, lowered = dict(dimension.linked), dict(dimension.lowered)
    for code, said in _said(dimension):
        found = _most_sensitive(linked.get(code), said)
        if found is not None and found.sensitivity >= SENSITIVE:
            how = Found.LINKED if linked.get(code) == found.id else Found.RECOGNISED
            reason = lowered.get(code) or lowered.get(WHOLE, "")
            yield Guard(code, found.id, found.sensitivity, found.do_not_map, how, reason)


def _most_sensitive(linked: str | None, said: tuple[str, ...]) -> PopulationGroup | None:
    """A link to a group that needs little protection does not take away what the name asks for."""
    named = None if linked is None else catalogue.population_group(linked)
    known = [found for found in (named, catalogue.recognised(said)) if found is not None]
    return max(known, key=lambda found: found.sensitivity, default=None)


def _said(dimension: Dimension) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the dimension and each of its groups are called, in every language."""
    named = tuple(words for _, words in dimension.labels.versions)
    yield WHOLE, (dimension.id, dimension.question, dimension.sdmx or "", *named)
    for group in dimension.groups:
        yield group.code, (group.code, *group.members, *(words for _, words in group.labels.versions))


def _raised(dimension: Dimension) -> Dimension:
    binding = [guard for guard in guards(dimension) if not guard.lowered]
    return replace(
        dimension,
        sensitive=dimension.sensitive or bool(binding),
        do_not_map=dimension.do_not_map or any(guard.do_not_map for guard in binding),
    )
