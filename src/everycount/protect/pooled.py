"""The gate for sums that travel to be pooled, and for the numbers that are made of them.

What leaves a source is what its release would show, under rules that are at least as strict as those for
partners, so that nothing that follows from the sums of several sources says more than their releases say
together. What a source hides, it hides here as well, with all that would give it back.
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass, replace
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.protect.cells import Cells, Status, restore
from everycount.protect.policy import PARTNERS, Policy
from everycount.protect.printing import blank
from everycount.protect.protection import protect

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from everycount.estimate.additive import CellState
    from everycount.estimate.estimates import Estimates
    from everycount.estimate.pooling import Place

LEAST_CLUSTERS = 10  # of a cell: of fewer, what each holds is solved too often (bench/pooled_clusters.py)
_MADE_HERE = object()  # as in .cells


@dataclass(frozen=True, slots=True)
class Sendable:
    """The sums that may leave their source, and the places whose sums may not (None).

    Made by :func:`sendable`; calling the class raises TypeError.
    """

    policy: Policy
    states: Mapping[Place, CellState | None]
    made: InitVar[object] = None

    def __post_init__(self, made: object) -> None:
        if made is not _MADE_HERE:
            raise TypeError("Sums that may travel are chosen by everycount.protect.sendable.")


def travelling(policy: Policy) -> Policy:
    """The rules by which sums travel: those of a policy, made as strict as those for partners.

    Raises:
        InputError: the policy changes counts; sums are exact and would give the counts back.
    """
    if policy.changes_counts:
        problem = f'The policy "{policy.name}" changes counts, and sums that are pooled are exact.'
        raise InputError(Fault("policy", problem, "Name one for those who pool: --policy partners."))
    return replace(
        policy,
        protect=True,
        min_respondents=max(policy.min_respondents, PARTNERS.min_respondents),
        min_respondents_sensitive=max(policy.min_respondents_sensitive, PARTNERS.min_respondents_sensitive),
        min_respondents_extreme=max(policy.min_respondents_extreme, PARTNERS.min_respondents_extreme),
        min_clusters=max(policy.min_clusters, LEAST_CLUSTERS),
        min_households=max(policy.min_households, PARTNERS.min_households),
        max_share=min(policy.max_share, PARTNERS.max_share),
        suppress_unreliable=False,  # what is too little here may be enough together with others
        decimals=None,
    )


def sendable(
    estimates: Estimates, states: Mapping[Place, CellState], policy: Policy, given: Sequence[Cells] = ()
) -> Sendable:
    """The sums that may leave their source.

    Args:
        estimates: everything that the plan asks for.
        states: the sums of the same places.
        policy: the folder's, or the one that was agreed with those who pool.
        given: releases of the same records, which whoever pools may hold beside the sums. Two rules hide
            beside different partners, and together would show both.

    Raises:
        InputError: the policy changes counts.
    """
    rules = travelling(policy)
    cells = protect(replace(estimates, contrasts=()), rules, given=given)
    told = {(cell.measure, cell.cell): cell.status for cell in cells.cells}
    chosen = {
        place: states[place] if status is Status.SHOWN else None
        for place, status in told.items()
        if status is not Status.NO_ANSWERS
    }
    return Sendable(rules, chosen, _MADE_HERE)


def protect_pooled(estimates: Estimates, policy: Policy, held_back: Collection[Place]) -> Cells:
    """Cells of numbers that were pooled.

    A place that some source held back has no number: what the others sent of it stands for some of its people
    only. Its people stand where a reader cannot place them, as if they had given no answer to the dimension.

    Args:
        estimates: the pooled numbers, those of the places that were held back among them.
        policy: what may be shown.
        held_back: measure and cell.

    Raises:
        InputError: the policy needs records.
    """
    if policy.needs_key:
        problem = f'The policy "{policy.name}" changes counts by keys of records, and no record is here.'
        raise InputError(Fault("policy", problem, "Name another policy: --policy public."))
    held = frozenset(held_back)
    whole = tuple(one for one in estimates.estimates if (one.measure, one.cell) not in held)
    cells = protect(replace(estimates, estimates=whole), policy)
    shown = {(cell.measure, cell.cell): cell for cell in cells.cells}
    made = tuple(
        shown.get((one.measure, one.cell))
        or blank(one, Status.WITHHELD_BY_COMMUNITY, estimates.basis, estimates.scope)
        for one in estimates.estimates
    )
    return restore(cells.policy, cells.level, made, cells.contrasts)
