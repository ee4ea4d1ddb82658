"""Shares at risk of poverty: people below a line that is drawn for everybody.

The line T is a part of the median of everybody in the table who answered, whatever the measure's ``among``
and the group that is looked at; so it moves with people outside the group, too. With N and P the weights and
the share below the line in a group, f its density at the line (by a kernel, see
:class:`everycount.estimate.inequality.Kernel`) and u_T the influence of the line, the influence of a person
on P is

    [in the group] (I(y < T) - P) / N  +  f(T) u_T

(Osier 2009, Survey Research Methods 3, 167-195; Deville 1999). Replicates draw the line anew in each of them,
but for a jackknife, which cannot give the error of a median: it weighs the influences.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

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
        if not contrasts:
            return cells, []
        people.append(np.flatnonzero(self.columns.inside & ~np.isnan(y) & (cells_of(self.frame, by) < 0)))
        return cells, [self._contrast(one, people) for one in contrasts]

    def _variance(self, found: Estimate, rows: Ints) -> float:
        """NaN where the share alone has no error: the line's own error would pass for all of it."""
        if not found.df or found.se is None or found.events in (0, found.n):
            return math.nan
        variance = self.linear.variance(self.moved(rows))
        return variance if variance > NOTHING_LEFT * found.se**2 else math.nan

    def _doubted(self, found: Estimate) -> Estimate:
        """A group all of whose clusters were asked is not certain while the line is drawn by a sample."""
        if found.interval != EXACT or self.linear.everybody_asked:
            return found
        return replace(found, interval="", se=None, deff=None, cv=None)

    @cached_property
    def linear(self) -> Linear:
        """Turns influences into errors."""
        return Linear(self.frame, self.lonely)

    def moved(self, rows: Ints) -> Floats:
        """What each unit or replicate does to the share of these people."""
        y, w = self.columns.y[rows], self.frame.weights[rows]
        total, below = float(w.sum()), (y < self.line).astype(np.float64)
        share = float(w @ below) / total
        if self.lines is not None:
            return self._thetas(rows) - share
        density = Kernel.of(y, w).density(self.line)
        return self.linear.moved(rows, (below - share) / total) + (density * self._pull if density else 0.0)

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

    def _thetas(self, rows: Ints) -> Floats:
        """The share in every replicate, NaN where nobody is left."""
        again, lines, found = self.frame.replicates, self.lines, []
        assert isinstance(again, Replicated)  # noqa: S101  # the lines have been drawn
        assert lines is not None  # noqa: S101
        done = 0
        for weights in in_turns(again, rows, self.frame.weights[rows]):
            below = self.columns.y[rows, None] < lines[done : done + weights.shape[1]]
            found.append(divided((weights * below).sum(axis=0), weights.sum(axis=0)))
            done += weights.shape[1]
        return np.concatenate(found)

    def _contrast(self, found: Contrast, people: Sequence[Ints]) -> Contrast:
        """A comparison with the line's part in both sides; none where one of them has no error of its own."""
        if found.difference_se is None or not found.df:
            return found
        here, there = (np.concatenate([people[group] for group in side]) for side in sides(self.frame, found))
        one, other = self.moved(here), self.moved(there)
        difference = self.linear.variance(one - other)
        if not difference > NOTHING_LEFT * found.difference_se**2:
            return compared(found, math.nan, math.nan, found.df, self.plan.level)
        first, second = self._share(here), self._share(there)
        log_ratio = math.nan
        if first > 0 and second > 0:
            log_ratio = self.linear.variance(one / first - other / second)
        return compared(found, math.sqrt(difference), math.sqrt(log_ratio), found.df, self.plan.level)

    def _share(self, rows: Ints) -> float:
        w = self.frame.weights[rows]
        return float(w @ (self.columns.y[rows] < self.line)) / float(w.sum())
