"""Why a number is hidden, said to its owner: rule, figure, threshold, and what would cure it.

These are the true figures. They are for the keeper of the records, and never part of a release.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from everycount.estimate.estimates import Verdict
from everycount.estimate.plan import MeasureKind
from everycount.estimate.verdict import FEW_DF, FEWEST, WIDEST, WIDEST_RELATIVE
from everycount.protect import primary
from everycount.protect.cells import Status
from everycount.protect.families import Families, dimensions_of
from everycount.protect.sensitivity import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.estimates import CellKey, Estimate, Estimates
    from everycount.estimate.plan import Dimension, Measure
    from everycount.protect.cells import Cells
    from everycount.protect.families import Family
    from everycount.protect.policy import Policy


class Rule(StrEnum):
    """The rules of a policy by their fields, and what follows from them."""

    RESPONDENTS = "min_respondents"
    SENSITIVE = "min_respondents_sensitive"
    CLUSTERS = "min_clusters"
    HOUSEHOLDS = "min_households"
    EXTREME = "min_respondents_extreme"
    EVENTS = "min_events"
    BESIDE = "beside"
    DOMINANCE = "max_share"
    ALL_EQUAL = "all_equal"
    COMPLEMENT = "complement"
    TELLING_ZERO = "telling_zero"
    PARTNER = "partner"
    LINKED = "linked"
    UNRELIABLE = "suppress_unreliable"
    WITHHELD = "withheld"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Merger:
    """Two groups that together would be enough; ``with_`` is "" where the dimension is left out."""

    dimension: str
    with_: str
    n: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why a number is hidden.

    Attributes:
        rule: which one.
        measure: of which measure; the people are the same, so one measure's reason hides them all.
        cell: which group is too small; another one where this number protects it.
        figure: what there is, None where there is no figure.
        threshold: what there must be, or must not be passed.
        more: how many more respondents would be enough, None where more respondents are no cure.
        mergers: what could be put together or left out.
        opposite: the opposite of this share would be reliable.
    """

    rule: Rule
    measure: str
    cell: CellKey
    figure: float | None = None
    threshold: float | None = None
    more: int | None = None
    mergers: tuple[Merger, ...] = ()
    opposite: bool = False


def reasons(estimates: Estimates, cells: Cells, measure: str, cell: CellKey) -> tuple[Reason, ...]:
    """Every reason why one number is hidden; none where it is shown.

    Args:
        estimates: what the cells were made from.
        cells: what protection made of them.
        measure: id of the measure.
        cell: in the order of the breakdown.
    """
    return tuple(_Reasons(guarded(estimates), cells).of(measure, cell))


class _Reasons:
    def __init__(self, estimates: Estimates, cells: Cells) -> None:
        self.estimates, self.policy = estimates, cells.policy
        self.status = {(one.measure, one.cell): one.status for one in cells.cells}
        self.families = Families(estimates)
        self.dimensions = {one.id: one for one in estimates.plan.dimensions}
        self.sensitive = frozenset(one.id for one in estimates.plan.dimensions if one.sensitive)
        self.clustered = bool(estimates.design.clusters)

    def of(self, measure: str, cell: CellKey) -> Iterator[Reason]:
        match self.status[measure, cell]:
            case Status.SUPPRESSED_SMALL | Status.SUPPRESSED_COMPLEMENTARY:
                yield from self._hidden(measure, cell)
            case Status.SUPPRESSED_UNRELIABLE:
                yield self._unreliable(self._estimate(measure, cell))
            case Status.WITHHELD_BY_COMMUNITY:
                yield Reason(Rule.WITHHELD, measure, cell)
            case Status.NO_ANSWERS:
                yield Reason(Rule.EMPTY, measure, cell, 0, 1)
            case Status.SHOWN:
                return

    def _estimate(self, measure: str, cell: CellKey) -> Estimate:
        return next(one for one in self.estimates.estimates if (one.measure, one.cell) == (measure, cell))

    def _hidden(self, measure: str, cell: CellKey) -> Iterator[Reason]:
        """Its own rules; else those of other measures of the same people; else whom it protects."""
        located = self.families.locate(measure, cell)
        if located is None:
            return
        family, key = located
        found = [
            reason
            for name in sorted(family.cells[key], key=lambda name: name != measure)
            for reason in self._primary(family, key, family.cells[key][name])
        ]
        own = [reason for reason in found if reason.measure == measure]
        partners = [] if found else list(self._protected(family, key))
        yield from own or found or partners or [Reason(Rule.LINKED, measure, cell)]

    def _primary(self, family: Family, key: CellKey, one: Estimate) -> Iterator[Reason]:
        measure, policy = family.measures[one.measure], self.policy
        least = primary.threshold(key, self.sensitive, policy)
        for rule, figure, threshold, more in _broken(one, measure, least, policy, clustered=self.clustered):
            mergers = tuple(self._mergers(one, threshold)) if rule in _BY_SIZE else ()
            yield Reason(rule, one.measure, one.cell, figure, threshold, more, mergers)
        if primary.few_of_sensitive(one, measure, self.estimates.plan, self.sensitive, policy):
            events = one.events or 0
            fewer, least_of = min(events, one.n - events), policy.min_respondents_sensitive
            yield Reason(Rule.SENSITIVE, one.measure, one.cell, fewer, least_of, least_of - fewer)
        everybody = next(
            (each for each in self.families.all if each.table == family.table and not each.among), None
        )
        if primary.hides_complement(family, key, everybody, self.estimates.plan, least):
            yield Reason(
                Rule.COMPLEMENT, one.measure, one.cell, one.n_excluded, least, least - one.n_excluded
            )
        if primary.telling_zero(family, key, self.sensitive, policy):
            yield Reason(Rule.TELLING_ZERO, one.measure, one.cell, 0, policy.min_respondents_extreme)

    def _mergers(self, one: Estimate, least: float) -> Iterator[Merger]:
        """Neighbours of an ordered dimension, any group of another; then the breakdown without it."""
        peers = {peer.cell: peer.n for peer in self.estimates.estimates if peer.measure == one.measure}
        for place, (name, code) in enumerate(one.cell):
            together = [
                Merger(name, other, one.n + n)
                for other in _beside(self.dimensions[name], code)
                if one.n + (n := peers.get(_swapped(one.cell, place, other), 0)) >= least and n
            ]
            yield from sorted(together, key=lambda merger: merger.n)[:1]
        for place, (name, _) in enumerate(one.cell):
            wide = frozenset(one.cell[:place] + one.cell[place + 1 :])
            n = next((n for cell, n in peers.items() if frozenset(cell) == wide), 0)
            if n >= least and len(one.cell) > 1:
                yield Merger(name, "", n)

    def _protected(self, family: Family, key: CellKey) -> Iterator[Reason]:
        """The small groups that could be worked out from this number, nearest first."""
        near: list[tuple[int, CellKey, Reason]] = []
        for other, found in family.cells.items():
            apart = len(set(other) ^ set(key))
            if other != key and set(dimensions_of(other)) & set(dimensions_of(key) or dimensions_of(other)):
                own = next(
                    (reason for one in found.values() for reason in self._primary(family, other, one)), None
                )
                if own is not None:
                    near.append((apart, other, own))
        for _, _, own in sorted(near, key=lambda item: item[:2])[:_NEAREST]:
            yield Reason(
                Rule.PARTNER, own.measure, own.cell, own.figure, own.threshold, own.more, own.mergers
            )

    def _unreliable(self, one: Estimate) -> Reason:
        more = None if one.n_needed is None else max(1, one.n_needed - one.n)
        mergers = tuple(self._mergers(one, one.n_needed)) if one.n_needed else ()
        measure = next(each for each in self.estimates.plan.measures if each.id == one.measure)
        return Reason(
            Rule.UNRELIABLE,
            one.measure,
            one.cell,
            one.n,
            one.n_needed,
            more,
            mergers,
            _opposite(one, measure),
        )


_NEAREST = 3
_BY_SIZE = (Rule.RESPONDENTS, Rule.SENSITIVE, Rule.EXTREME)


def _broken(
    one: Estimate, measure: Measure, least: int, policy: Policy, *, clustered: bool
) -> Iterator[tuple[Rule, float, float, int | None]]:
    """(rule, figure, threshold, respondents missing) of every rule that a number breaks by itself."""
    if not one.n:
        return
    if one.n < least:
        rule = Rule.SENSITIVE if least > policy.min_respondents else Rule.RESPONDENTS
        yield rule, one.n, least, least - one.n
    for name, figure, threshold in primary.broken(one, measure, policy, clustered=clustered):
        more = int(threshold) - one.n if name == Rule.EXTREME else None
        yield Rule(name), figure, threshold, more


def _beside(dimension: Dimension, code: str) -> list[str]:
    codes = [group.code for group in dimension.groups]
    if code not in codes or len(codes) <= 2:
        return []
    if not dimension.ordered:
        return [other for other in codes if other != code]
    place = codes.index(code)
    return codes[max(0, place - 1) : place] + codes[place + 1 : place + 2]


def _swapped(cell: CellKey, place: int, code: str) -> CellKey:
    return (*cell[:place], (cell[place][0], code), *cell[place + 1 :])


def _opposite(one: Estimate, measure: Measure) -> bool:
    """Only the relative width of a rare share stands against it, and its opposite is not rare."""
    if measure.kind is not MeasureKind.PROPORTION or one.value is None or one.verdict is Verdict.PUBLISH:
        return False
    if one.ci_low is None or one.ci_high is None or min(one.n, one.n_effective or 0) < FEWEST:
        return False
    width = one.ci_high - one.ci_low
    enough = width < WIDEST and width <= WIDEST_RELATIVE * (1 - one.value)
    return enough and width > WIDEST_RELATIVE * one.value and (one.df or 0) >= FEW_DF
