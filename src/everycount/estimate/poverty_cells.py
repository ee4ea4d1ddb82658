"""Shares at risk of poverty: people below a line that is drawn for everybody.

The line T is a part of the median of everybody in the table who answered, whatever the measure's ``among``
and the group that is looked at; so it moves with people outside the group, too. With N and P the weights and
the share below the line in a group, f its density at the line (by a kernel, see
:class:`everycount.estimate.inequality.Kernel`) and u_T the influence of the line, the influence of a person
on P is

    [in the group] (I(y < T) - P) / N  +  f(T) u_T

(Osier 2009, Survey Research Methods 3, 167-195; Deville 1999). Several groups together have the density that
their own densities add up to. Replicates draw the line anew in each of them,
but for a jackknife, which cannot give the error of a median: it weighs the influences.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.contrasts import ONE_GROUP
from everycount.estimate.estimates import Against
from everycount.estimate.inequality import Figure, Kernel
from everycount.estimate.intervals import EXACT
from everycount.estimate.linear import Linear
from everycount.estimate.moments import divided
from everycount.estimate.placed import cells_of, people_of
from everycount.estimate.plan import Measure, MeasureKind, Table
from everycount.estimate.remade import compared, remade, sides
from everycount.estimate.replicates import Replicated, in_turns
from everycount.estimate.sums import estimate_sums
from everycount.estimate.variance import NOTHING_LEFT
from everycount.faults import Fault
from everycount.sample.design import Basis

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.estimate.estimates import Contrast, Estimate
    from everycount.estimate.frame import Frame, MeasureColumns
    from everycount.estimate.plan import Plan
    from everycount.estimate.stages import Floats, Ints
    from everycount.sample.design import Lonely


@dataclass(frozen=True)
class Poverty:
    """One measure of the share at risk of poverty.

    Attributes:
        frame, plan, lonely, basis: as in the kernel.
        name: id of the measure.
    """

    frame: Frame
    plan: Plan
    name: str
    lonely: Lonely
    basis: Basis

    @property
    def measure(self) -> Measure:
        """What is asked for."""
        return self.frame.measures[self.name][0]

    @property
    def columns(self) -> MeasureColumns:
        """The answers, and who is inside ``among``."""
        return self.frame.measures[self.name][1]

    @cached_property
    def everybody(self) -> Ints:
        """The rows whose answers make the line: all that have one."""
        return np.flatnonzero(~np.isnan(self.columns.y))

    @cached_property
    def figure(self) -> Figure:
        """How the line is drawn."""
        return Figure.of(self.measure, self.plan.quantile_rule)

    @cached_property
    def line(self) -> float:
        """Where the line is; NaN where nobody answered."""
        return self.figure.value(self.columns.y[self.everybody], self.frame.weights[self.everybody])

    def faults(self) -> Iterator[Fault]:
        """A line at 0 or below parts nobody from anybody."""
        if self.line <= 0:
            median = self.line / self.measure.line
            problem = f'The median of "{self.measure.question}" is {median:g}: no poverty line can be drawn.'
            remedy = (
                "Use a count or proportion of those who have nothing, or a variable with numbers above 0."
            )
            yield Fault(f'measure "{self.name}"', problem, remedy)

    def breakdown(self, by: tuple[str, ...]) -> tuple[list[Estimate], list[Contrast]]:
        """The cells of one breakdown and their comparisons."""
        y = self.columns.y
        below = np.where(np.isnan(y), np.nan, y < self.line)
        share = Measure(self.name, MeasureKind.PROPORTION, better=self.measure.better)
        turned = replace(self.frame, measures={self.name: (share, replace(self.columns, y=below))})
        found, contrasts = estimate_sums(
            turned, self.plan, lonely=self.lonely, basis=self.basis, tables=[Table((self.name,), by)]
        )
        if self.basis is not Basis.DESIGN:
            return found, contrasts
        people = people_of(self.frame, self.columns, by)
        variance = np.array([self._variance(*of) for of in zip(found, people, strict=True)])
        df = np.array([one.df or 0 for one in found])
        cells = remade(share, [self._doubted(one) for one in found], variance, df, self.plan)
        return cells, self._contrasts(contrasts, people, by) if contrasts else []

    def _variance(self, found: Estimate, rows: Ints) -> float:
        """NaN where the share alone has no error: the line's own error would pass for all of it."""
        if not found.df or found.se is None or found.events in (0, found.n) or self.jumps:
            return math.nan
        variance = self.linear.variance(self.moved(self.side(rows)))
        return variance if variance > NOTHING_LEFT * found.se**2 else math.nan

    def _doubted(self, found: Estimate) -> Estimate:
        """A group all of whose clusters were asked is not certain while the line is drawn by a sample."""
        if found.interval != EXACT or self.linear.everybody_asked:
            return found
        return replace(found, interval="", se=None, deff=None, cv=None)

    @cached_property
    def jumps(self) -> bool:
        """The line moves from heap to heap, which only replicates of it can follow."""
        rows, columns = self.everybody, self.columns
        clusters = self.frame.clusters[rows, 0]
        return self.lines is None and self.figure.heaped(columns.y[rows], self.frame.weights[rows], clusters)

    @cached_property
    def linear(self) -> Linear:
        """Turns influences into errors."""
        return Linear(self.frame, self.lonely)

    def side(self, rows: Ints) -> Side:
        """The sums of some people."""
        y, w = self.columns.y[rows], self.frame.weights[rows]
        if not len(rows):
            nothing = np.zeros_like(self._pull if self.lines is None else self.lines)
            return Side(0.0, 0.0, 0.0, nothing, nothing)
        total, below = float(w.sum()), (y < self.line).astype(np.float64)
        near = total * Kernel.of(y, w).density(self.line)
        if self.lines is not None:
            return Side(total, float(w @ below), near, *self._again(rows, self.lines))
        moved = (self.linear.moved(rows, z) for z in (np.ones(len(rows)), below))
        return Side(total, float(w @ below), near, *moved)

    def moved(self, side: Side) -> Floats:
        """What each unit or replicate does to the share of these people; NaN where nobody of them is left."""
        if self.lines is not None:
            return divided(side.below_moved, side.all_moved) - side.share
        pulled = side.near / side.all * self._pull if side.near else 0.0
        return (side.below_moved - side.share * side.all_moved) / side.all + pulled

    @cached_property
    def _pull(self) -> Floats:
        """What each unit or replicate does to the line."""
        rows = self.everybody
        return self.linear.moved(rows, self.figure.influence(self.columns.y[rows], self.frame.weights[rows]))

    @cached_property
    def lines(self) -> Floats | None:
        """The line in every replicate; None where there are no replicates of a median."""
        again, rows = self.frame.replicates, self.everybody
        if not isinstance(again, Replicated) or again.smooth:
            return None
        parts = in_turns(again, rows, self.frame.weights[rows])
        return np.concatenate([self.figure.values(self.columns.y[rows], part) for part in parts])

    def _again(self, rows: Ints, lines: Floats) -> tuple[Floats, Floats]:
        """Weights of all and of those below the line, in every replicate."""
        again = self.frame.replicates
        assert isinstance(again, Replicated)  # noqa: S101  # the lines are theirs
        everybody, below, done = [], [], 0
        for weights in in_turns(again, rows, self.frame.weights[rows]):
            poor = self.columns.y[rows, None] < lines[done : done + weights.shape[1]]
            everybody.append(weights.sum(axis=0))
            below.append((weights * poor).sum(axis=0))
            done += weights.shape[1]
        return np.concatenate(everybody), np.concatenate(below)

    def _contrasts(
        self, found: Sequence[Contrast], people: list[Ints], by: tuple[str, ...]
    ) -> list[Contrast]:
        """The comparisons of a breakdown, with the line's part in both sides."""
        y, nowhere = self.columns.y, cells_of(self.frame, by) < 0
        people = [*people, np.flatnonzero(self.columns.inside & ~np.isnan(y) & nowhere)]
        whole, others = reduce(Side.plus, map(self.side, people)), self.side(people[-1])
        return [self._contrast(one, people, whole, others) for one in found]

    def _contrast(self, found: Contrast, people: list[Ints], whole: Side, others: Side) -> Contrast:
        """None where one of the two has no error of its own."""
        if found.difference_se is None or not found.df:
            return found
        if self.jumps:
            return compared(found, math.nan, math.nan, found.df, self.plan.level)
        (place,), against = sides(self.frame, found)
        here = self.side(people[place])
        there = whole
        if found.against is Against.REST:
            there = whole.without(others).without(here)
        elif found.against in ONE_GROUP:
            there = self.side(people[against[0]])
        one, other = self.moved(here), self.moved(there)
        difference = self.linear.variance(one - other)
        if not difference > NOTHING_LEFT * found.difference_se**2:
            return compared(found, math.nan, math.nan, found.df, self.plan.level)
        log_ratio = math.nan
        if here.share > 0 and there.share > 0:
            log_ratio = self.linear.variance(one / here.share - other / there.share)
        return compared(found, math.sqrt(difference), math.sqrt(log_ratio), found.df, self.plan.level)


@dataclass(frozen=True, slots=True)
class Side:
    """Sums of some people, which add up to those of several groups.

    Attributes:
        all, below: their weights, and those of them below the line.
        near: their weights times the density of their answers at the line.
        all_moved, below_moved: what each unit does to the first two, or what they are in each replicate.
    """

    all: float
    below: float
    near: float
    all_moved: Floats
    below_moved: Floats

    @property
    def share(self) -> float:
        """Below the line."""
        return self.below / self.all

    def plus(self, other: Side) -> Side:
        """Both together."""
        return Side(
            self.all + other.all,
            self.below + other.below,
            self.near + other.near,
            self.all_moved + other.all_moved,
            self.below_moved + other.below_moved,
        )

    def without(self, part: Side) -> Side:
        """The others. What is left of a weight by rounding is nobody."""
        left = self.all_moved - part.all_moved
        nobody = np.abs(left) <= NOTHING_LEFT * np.abs(self.all_moved)
        return Side(
            self.all - part.all,
            self.below - part.below,
            max(self.near - part.near, 0.0),
            np.where(nobody, 0.0, left),
            np.where(nobody, 0.0, self.below_moved - part.below_moved),
        )
