"""Which parts of people two ``among`` tell apart, as the records have them: nobody may stand in some.

Where nobody aged 15 to 49 is missing among those aged 15 to 50, the difference of the two numbers is those
aged 50, whatever the two conditions are called. The conditions themselves tell that only of codes.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from everycount.estimate.demands import used_measures
from everycount.estimate.estimates import Parting
from everycount.estimate.expressions import holds
from everycount.estimate.fetch import fetch
from everycount.estimate.frames import Demand, tables_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from everycount.estimate.condition import Condition
    from everycount.estimate.plan import Plan
    from everycount.sample import Sample

Pattern: TypeAlias = "tuple[bool | None, ...]"
_TWO = 2


def partings(sample: Sample, plan: Plan) -> tuple[Parting, ...]:
    """Every two ``among`` of a table that leave a part empty; one query per table that has several.

    Args:
        sample: with the plan's variables derived.
        plan: without faults.
    """
    return tuple(found for table in tables_of(plan) for found in _of_table(sample, plan, table))


def parted(table: str, conditions: Sequence[Condition], met: Iterable[Pattern]) -> Iterator[Parting]:
    """The same of patterns that have been met: whether each condition holds, None where it is unknown."""
    patterns = list(met)
    for one, other in combinations(range(len(conditions)), 2):
        pairs = {(pattern[one], pattern[other]) for pattern in patterns}
        sides = {(bool(a), bool(b)) for a, b in pairs}
        found = Parting(
            table,
            conditions[one],
            conditions[other],
            nested=(True, False) not in sides or (False, True) not in sides,
            disjoint=(True, True) not in sides and (False, False) in pairs,
            covering=(False, False) not in pairs,
        )
        if found.nested or found.disjoint or found.covering:
            yield found


def _of_table(sample: Sample, plan: Plan, table: str) -> Iterator[Parting]:
    conditions = among_of(plan, table)
    if len(conditions) < _TWO:
        return
    demand = Demand.of(sample, plan, table)
    truths = [holds(one, demand.look).cast("int8") for one in conditions.values()]
    columns = {f"c{place}": truth for place, truth in enumerate(truths)}
    found = fetch(demand.seen.select(**columns).distinct()).to_pydict()
    patterns = zip(*([_truth(one) for one in found[name]] for name in columns), strict=True)
    yield from parted(table, list(conditions.values()), patterns)


def _truth(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def among_of(plan: Plan, table: str) -> Mapping[str, Condition]:
    """The different ``among`` of a table's measures, by their text."""
    return {
        repr(measure.among): measure.among
        for measure in used_measures(plan)
        if measure.table == table and measure.among is not None
    }
