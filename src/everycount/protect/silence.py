"""Measures that a community withholds whole, and those from which they could be worked out.

Hiding a group for each of its numbers would hide every other measure of it, too. A measure of which nothing
is to be said is left out instead, as if it had not been asked for. So are those that look at the same
questions: the levels of a ladder add up to everybody, and an ``among`` says how many have the property.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from everycount.estimate.condition import questions
from everycount.estimate.origins import roots
from everycount.protect.cells import Status
from everycount.protect.families import looked_at

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from everycount.estimate.estimates import Estimates
    from everycount.estimate.plan import Measure, Plan
    from everycount.protect.cells import Cells

    Place = tuple[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True)
class Silence:
    """Measures of which a release says nothing.

    Attributes:
        measures: those all of whose numbers are withheld, now or by an earlier release.
        linked: those from which they could be worked out.
        withheld: every number of ``measures``, by measure and group.
    """

    measures: frozenset[str]
    linked: frozenset[str]
    withheld: frozenset[Place]

    @property
    def all(self) -> frozenset[str]:
        """Every measure of which nothing is said."""
        return self.measures | self.linked

    @classmethod
    def of(cls, estimates: Estimates, withheld: Collection[Place], given: Sequence[Cells]) -> Silence:
        """Those of a release.

        Args:
            estimates: of the release.
            withheld: the numbers that the community names.
            given: earlier releases.
        """
        places: dict[str, set[Place]] = {}
        for one in estimates.estimates:
            places.setdefault(one.measure, set()).add((one.measure, frozenset(one.cell)))
        before = {name for cells in given for name in _whole(cells)}
        whole = frozenset(name for name, found in places.items() if name in before or found <= set(withheld))
        plan = estimates.plan
        about = roots((name for one in plan.measures if one.id in whole for name in _asked(one)), plan)
        linked = frozenset(
            one.id
            for one in plan.measures
            if one.id not in whole and not about.isdisjoint(_behind(one, plan))
        )
        return cls(whole, linked, frozenset(place for name in whole for place in places[name]))

    def leave_out(self, estimates: Estimates) -> Estimates:
        """The estimates without these measures."""
        if not self.measures:
            return estimates
        left = self.all
        crossings = estimates.crossings
        return replace(
            estimates,
            estimates=tuple(one for one in estimates.estimates if one.measure not in left),
            crossings=replace(
                crossings, estimates=tuple(one for one in crossings.estimates if one.measure not in left)
            ),
        )


def silent(cells: Cells) -> frozenset[str]:
    """The measures that a release left out for a community, those linked to them among them."""
    whole = _whole(cells)
    if not whole:
        return whole
    return whole | _all_of(cells, Status.SUPPRESSED_COMPLEMENTARY)


def _whole(cells: Cells) -> frozenset[str]:
    return _all_of(cells, Status.WITHHELD_BY_COMMUNITY)


def _all_of(cells: Cells, status: Status) -> frozenset[str]:
    """The measures all of whose numbers have one status, where there are several."""
    found: dict[str, set[Status]] = {}
    for one in cells.cells:
        found.setdefault(one.measure, set()).add(one.status)
    return frozenset(name for name, statuses in found.items() if statuses == {status})


def _asked(measure: Measure) -> tuple[str, ...]:
    return (*looked_at(measure), *(questions(measure.among) if measure.among is not None else ()))


def _behind(measure: Measure, plan: Plan) -> frozenset[str]:
    return roots(_asked(measure), plan)
