"""The sampling stages of a frame as numbered units: what the variance needs to know of a design."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from everycount.estimate.frame import Frame

    Ints: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]
    Bools: TypeAlias = NDArray[np.bool_]

PLACE = "survey.toml, [design]"
ROOMY = 2  # a table of this many places a row is cheaper than sorting the rows
WHOLE = 1e-12  # a sampling fraction this close to 1 means that every unit was taken
BLOCK = 2**17  # rows that stay in a processor's own cache


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of sampling: clusters drawn within parents (strata, or clusters of the stage before).

    Attributes:
        cluster: index of the cluster of each last-stage unit; never falls along the units.
        parent: index of the parent of each cluster; never falls along the clusters.
        drawn: number of clusters drawn in each parent.
        reach: product of the sampling fractions of the stages above, for each parent.
        open: share of the parent's clusters that was not drawn: 1 - f, or 1 without a finite population.
    """

    cluster: Ints
    parent: Ints
    drawn: Ints
    reach: Floats
    open: Floats

    @property
    def lonely(self) -> Bools:
        """Parents with one cluster drawn of several: their share of the variance cannot be seen."""
        lonely: Bools = (self.drawn == 1) & (self.open > WHOLE)
        return lonely

    @property
    def factors(self) -> Floats:
        """What a parent's sum of squares is multiplied with: reach (1 - f) n / (n - 1); n / n where n = 1."""
        return self.reach * self.open * self.drawn / np.maximum(self.drawn - 1, 1)


@dataclass(frozen=True)
class Stages:
    """All stages that the variance looks at, and the last-stage unit of each row.

    Without a finite population correction the first stage holds the whole variance, so it is the only one.

    Attributes:
        rows: how many the frame has.
        units: how many last-stage units there are.
        stages: first stage first.
        strata: the frame's number of the stratum, for each first-stage parent.
        starts: first row of each unit; None where rows do not stand in the order of units.
        numbered: the unit of each row, where they do not.
    """

    rows: int
    units: int
    stages: tuple[Stage, ...]
    strata: Ints
    starts: Ints | None = None
    numbered: Ints | None = None

    @cached_property
    def unit(self) -> Ints:
        """Index of the last-stage unit of each row; of rows in order, made when somebody asks for it."""
        return _unit_of_rows(self.rows, self.starts, self.numbered)

    def unit_at(self, rows: Ints) -> Ints:
        """The unit of some rows."""
        if self.starts is None:
            return self.unit[rows]
        return np.searchsorted(self.starts, rows, side="right") - 1


def _unit_of_rows(rows: int, starts: Ints | None, numbered: Ints | None) -> Ints:
    if numbered is not None:
        return numbered
    assert starts is not None  # noqa: S101  (one of both is there)
    kind = np.int32 if rows < 2**31 else np.int64  # there is one for every row
    return np.repeat(np.arange(len(starts), dtype=kind), np.diff(starts, append=rows))


def stages_of(frame: Frame) -> Stages:
    """The stages of a frame.

    Raises:
        InputError: a population is missing, smaller than what was drawn from it, differs within one stratum,
            or counts units that the clusters do not name.
    """
    _refuse_nameless_stages(frame)
    count = 1 if frame.populations is None else frame.clusters.shape[1]
    numbered, first_row, ladder = (_in_order(frame) if count == 1 else None) or _sorted(frame, count)
    stages: list[Stage] = []
    for number in range(count):
        population = _population(frame, number, ladder[number], numbered, first_row)
        stages.append(_stage(ladder[number], ladder[number + 1], population, stages[-1] if stages else None))
    _check_drawn(frame, stages, ladder, first_row)
    strata, starts = frame.strata[first_row][_firsts(ladder[0])], first_row if numbered is None else None
    return Stages(len(frame.strata), len(first_row), tuple(stages), strata, starts, numbered)


# The unit of each row, or None where rows stand in the order of units; a row of each unit (its first, if they
# do); and for each level (strata first) its number for each unit.
_Ladder: TypeAlias = "tuple[Ints | None, Ints, list[Ints]]"


def drawn_of(frame: Frame) -> Ints:
    """How many clusters were drawn in each first-stage stratum, without population sizes."""
    runs = _runs(frame)
    if runs is None:
        return stages_of(frame).stages[0].drawn
    return np.bincount(runs[1][0]).astype(np.int64)


def _in_order(frame: Frame) -> _Ladder | None:
    """Where rows stand in the order of strata and clusters, as files mostly do, nothing need be sorted."""
    runs = _runs(frame)
    if runs is None:
        return None
    return None, *runs


def _runs(frame: Frame) -> tuple[Ints, list[Ints]] | None:
    """Where each unit begins, and the levels of each; None where rows stand in another order."""
    strata, clusters = frame.strata, frame.clusters[:, 0]
    first_row = _changes(strata, clusters)
    stratum, cluster = strata[first_row], clusters[first_row]
    new_stratum = stratum[1:] > stratum[:-1]
    rising = new_stratum | ((stratum[1:] == stratum[:-1]) & (cluster[1:] > cluster[:-1]))
    if not rising.all():
        return None
    number = np.cumsum(np.concatenate([np.zeros(min(len(first_row), 1), dtype=np.int64), new_stratum]))
    return first_row, [number, np.arange(len(first_row))]


def _changes(strata: Ints, clusters: Ints) -> Ints:
    """Rows at which a stratum or a cluster begins, found some rows at a time: no flag is kept for each."""
    found = [np.zeros(min(len(strata), 1), dtype=np.int64)]
    for first in range(1, len(strata), BLOCK):
        here, before = slice(first, first + BLOCK), slice(first - 1, min(first + BLOCK, len(strata)) - 1)
        change = strata[here] != strata[before]
        change |= clusters[here] != clusters[before]
        found.append(first + np.flatnonzero(change))
    return np.concatenate(found)


def _sorted(frame: Frame, count: int) -> _Ladder:
    """The same for rows in any order."""
    levels = _numbered([frame.strata, *(frame.clusters[:, stage] for stage in range(count))])
    unit = levels[-1]
    first_row = np.zeros(int(unit.max(initial=-1)) + 1, dtype=np.int64)
    first_row[unit[::-1]] = np.arange(len(unit) - 1, -1, -1)  # of several rows, the last one written stays
    return _narrow(unit), first_row, [level[first_row] for level in levels]


def _narrow(unit: Ints) -> Ints:
    """In half the memory where the numbers are small enough: there is one for every row."""
    return unit.astype(np.int32) if len(unit) < 2**31 else unit


def _refuse_nameless_stages(frame: Frame) -> None:
    """A population size of units that nobody names would be left out, and errors come out too small."""
    named = frame.clusters.shape[1]
    if frame.populations is not None and frame.populations.shape[1] > named:
        raise InputError(
            Fault(
                PLACE,
                f"Population sizes are given for {frame.populations.shape[1]} stages, clusters for {named}.",
                "Name the column of what was drawn last as the last of the clusters, be it the record's key.",
            )
        )


def _numbered(columns: list[Ints]) -> list[Ints]:
    """Nested numbers: the first column alone, the first two together, and so on, each in sorted order."""
    level = _dense(columns[0])
    levels = [level]
    for column in columns[1:]:
        codes = _dense(column)
        key = level * (codes.max(initial=0) + 1)
        key += codes
        del codes  # of fifty million rows, each column is 0.4 GB
        level = _dense(key)
        levels.append(level)
    return levels


def _dense(values: Ints) -> Ints:
    """The rank of each value among those that occur. Small numbers are ticked off; others are sorted."""
    top = int(values.max(initial=0))
    if top > ROOMY * len(values) + ROOMY or values.min(initial=0) < 0:
        return np.unique(values, return_inverse=True)[1].astype(np.int64)
    occurs = np.zeros(top + 1, dtype=bool)
    occurs[values] = True
    if occurs.all():
        return values.astype(np.int64, copy=False)
    ranks = np.cumsum(occurs) - 1
    dense: Ints = ranks[values]
    return dense


def _firsts(sorted_numbers: Ints) -> Ints:
    """Positions at which a new number begins."""
    return np.flatnonzero(np.diff(sorted_numbers, prepend=-1))


def _population(
    frame: Frame, number: int, level: Ints, numbered: Ints | None, first_row: Ints
) -> Floats | None:
    """Population of each parent of a stage, checked to be the same all over the parent; None: not given.

    ``level`` is the parent of each unit, ``numbered`` the unit of each row (None: they stand in order).
    """
    if frame.populations is None or number >= frame.populations.shape[1]:
        return None
    unit = _unit_of_rows(len(frame.strata), None if numbered is not None else first_row, numbered)
    column = frame.populations[:, number]
    population = column[first_row][_firsts(level)]
    odd = np.flatnonzero(~(column == population[level][unit]))  # a missing population is equal to nothing
    if odd.size:
        row = int(odd[0])
        raise InputError(_odd_population(frame, number, row, float(population[level[unit[row]]])))
    return population


def _odd_population(frame: Frame, number: int, row: int, first: float) -> Fault:
    named = f"The population of {_name(frame, number, row)} at stage {number + 1}"
    assert frame.populations is not None  # noqa: S101  # it has just been looked at
    other = frame.populations[row, number]
    if np.isnan(first) or np.isnan(other):
        return Fault(PLACE, f"{named} is missing.", "Give it in every record, or leave populations out.")
    return Fault(
        PLACE,
        f"{named} is given as {first:g} and as {other:g}.",
        "Give one population to all records of the same stratum (or cluster).",
    )


def _stage(parent_of_unit: Ints, cluster: Ints, population: Floats | None, above: Stage | None) -> Stage:
    """One stage from the parent and the cluster of each unit."""
    parent = parent_of_unit[_firsts(cluster)]
    drawn = np.bincount(parent).astype(np.int64)
    with np.errstate(divide="ignore"):  # a population of 0 is refused once all stages are known
        unseen = np.ones(len(drawn)) if population is None else 1.0 - drawn / population
    unseen[np.abs(unseen) <= WHOLE] = 0.0
    reach = np.ones(len(drawn))
    if above is not None:
        reach = (above.reach * (1.0 - above.open))[above.parent]
    return Stage(cluster, parent, drawn, reach, unseen)


def _check_drawn(frame: Frame, stages: list[Stage], ladder: list[Ints], first_row: Ints) -> None:
    """No more clusters than the population has."""
    faults = []
    for number, stage in enumerate(stages):
        for parent in np.flatnonzero(~(stage.open >= 0)):
            row = int(first_row[np.flatnonzero(ladder[number] == parent)[0]])
            given = frame.populations[row, number] if frame.populations is not None else 0.0
            faults.append(
                Fault(
                    PLACE,
                    f"The population of {_name(frame, number, row)} at stage {number + 1} is given as "
                    f"{given:g}, but {stage.drawn[parent]} were drawn from it.",
                    "Give the number of clusters (or records) that could have been drawn.",
                )
            )
    if faults:
        raise InputError(*faults)


def _name(frame: Frame, number: int, row: int) -> str:
    """A parent as people know it."""
    if number:
        return f"cluster number {frame.clusters[row, number - 1] + 1}"
    return stratum_name(frame, int(frame.strata[row]))


def stratum_name(frame: Frame, stratum: int) -> str:
    """A stratum as people know it: by its codes where the frame knows them, else by its number from 1."""
    if stratum < len(frame.stratum_names):
        return f'stratum "{frame.stratum_names[stratum]}"'
    return f"stratum number {stratum + 1}"


def sums_by(index: Ints, values: Floats, size: int) -> Floats:
    """Sum of the values that share an index, for each index below ``size``."""
    sums: Floats = np.bincount(index, weights=values, minlength=size).astype(np.float64)
    return sums
